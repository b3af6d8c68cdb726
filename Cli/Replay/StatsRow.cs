using System.Globalization;
using Bandstand.Timesteps;

namespace Bandstand.Cli.Replay;

/// <summary>One row of <c>stats.csv</c>. Numbers are the shortest text that reads back the same; a cell without a number is empty.</summary>
internal static class StatsRow
{
    public const string Header =
        "timestep,strategy,status,rows,rejected,null_targets,n0,mean0,std0,n1,mean1,std1,t,df,p,significant,winner_before,winner_after\n";

    public static string Format(TimestepResult result, string winnerBefore)
    {
        var (first, second) = (result.Alternatives[0], result.Alternatives[1]);
        var t = result.Status == TimestepStatus.ZeroVarianceUnequal
            ? (first.Mean > second.Mean ? double.PositiveInfinity : double.NegativeInfinity)
            : result.T;
        string[] cells =
        [
            Cell(result.Timestep), winnerBefore, result.Status.Name(), Cell(result.Rows), Cell(result.Rejected), Cell(result.NullTargets),
            Cell(first.N), Cell(first.Mean), Cell(first.StdDev), Cell(second.N), Cell(second.Mean), Cell(second.StdDev),
            Cell(t), Cell(result.Df), Cell(result.PValue), result.Significant ? "1" : "0", winnerBefore, result.Winner,
        ];
        return string.Join(',', cells) + "\n";
    }

    private static string Cell(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Cell(double? value)
    {
        if (value is not { } number)
        {
            return "";
        }

        if (double.IsInfinity(number))
        {
            return number > 0 ? "inf" : "-inf";
        }

        var text = number.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
        return text.Contains('.', StringComparison.Ordinal) || text.Contains('e', StringComparison.Ordinal) ? text : text + ".0";
    }
}
