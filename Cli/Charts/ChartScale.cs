using System.Globalization;

namespace Bandstand.Cli.Charts;

/// <summary>An axis with its numbers: where a value lies, and where the ticks are. Immutable.</summary>
internal sealed class ChartScale
{
    private readonly ChartAxis axis;
    private readonly double from;
    private readonly double to;

    /// <summary>Fits an axis to its data.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="values">All finite values it must show unless the axis says otherwise.</param>
    /// <exception cref="ArgumentException">A logarithmic axis has a number of 0 or less, or there is nothing to show.</exception>
    public ChartScale(ChartAxis axis, IEnumerable<double> values)
    {
        this.axis = axis;
        var all = values.Where(double.IsFinite).ToList();
        var (low, high) = (axis.From ?? all.DefaultIfEmpty(double.NaN).Min(), axis.To ?? all.DefaultIfEmpty(double.NaN).Max());
        if (!(low <= high) || (axis.IsLogarithmic && low <= 0))
        {
            throw new ArgumentException($"The axis '{axis.Title}' cannot reach from {low} to {high}: give it numbers{(axis.IsLogarithmic ? " over 0" : string.Empty)}.", nameof(values));
        }

        if (low == high)
        {
            (low, high) = axis.IsLogarithmic ? (low / 2, high * 2) : (low - (low == 0 ? 1 : Math.Abs(low) / 2), high + (low == 0 ? 1 : Math.Abs(low) / 2));
        }

        if (axis.IsLogarithmic)
        {
            (from, to) = (axis.From ?? RoundRatio(low, up: false), axis.To ?? RoundRatio(high, up: true));
            Ticks = [.. LogarithmicTicks()];
        }
        else
        {
            var step = Step((high - low) / 5);
            (from, to) = (axis.From ?? (Math.Floor((low / step) + 1e-9) * step), axis.To ?? (Math.Ceiling((high / step) - 1e-9) * step));
            var (first, last) = (Math.Ceiling((from / step) - 1e-9), Math.Floor((to / step) + 1e-9));
            Ticks = [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)];
        }
    }

    /// <summary>The round numbers to be written at the axis, ascending.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>Where a value lies: 0 at the axis' begin, 1 at its end.</summary>
    public double Place(double value) => axis.IsLogarithmic
        ? Math.Log(value / from) / Math.Log(to / from)
        : (value - from) / (to - from);

    /// <summary>A number as it is written at the axis.</summary>
    public string Write(double tick)
    {
        var value = axis.IsPercent ? tick * 100 : tick;
        var text = Math.Abs(value) >= 10_000
            ? value.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', ' ')
            : value.ToString("0.#####", CultureInfo.InvariantCulture);
        return axis.IsPercent ? text + " %" : text;
    }

    /// <summary>1, 2 or 5 times a power of ten, at least as large.</summary>
    private static double Step(double least)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        double[] round = [power, 2 * power, 5 * power, 10 * power];
        return round.First(s => s >= least * (1 - 1e-9));
    }

    /// <summary>The nearest of 1, 2, 5 times a power of ten on one side.</summary>
    private static double RoundRatio(double value, bool up)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(value) + 1e-12));
        double[] round = [power, 2 * power, 5 * power, 10 * power];
        return up ? round.First(x => x >= value * (1 - 1e-9)) : round.Last(x => x <= value * (1 + 1e-9));
    }

    private IEnumerable<double> LogarithmicTicks()
    {
        var decades = Math.Log10(to / from);
        int[] digits = decades > 4 ? [1] : decades > 2.5 ? [1, 3] : [1, 2, 5];
        for (var power = (int)Math.Floor(Math.Log10(from) + 1e-12); power <= Math.Log10(to) + 1e-12; power++)
        {
            foreach (var tick in digits.Select(d => d * Math.Pow(10, power)).Where(t => t >= from * (1 - 1e-9) && t <= to * (1 + 1e-9)))
            {
                yield return tick;
            }
        }
    }
}
