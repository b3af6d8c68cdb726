using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Bandstand.Cli;

/// <summary>Options that take a number, with errors that say which numbers they take.</summary>
internal static class Numbers
{
    /// <summary>A probability over 0 and under 1.</summary>
    public static Option<double> Probability(string name, double defaultValue, string description) =>
        Real(name, defaultValue, description, "a number over 0 and under 1", x => x is > 0 and < 1);

    /// <summary>A finite number over 0.</summary>
    public static Option<double> Positive(string name, double defaultValue, string description) =>
        Real(name, defaultValue, description, "a number over 0", x => x > 0 && double.IsFinite(x));

    /// <summary>A finite number of 1 or more.</summary>
    public static Option<double> AtLeastOne(string name, double defaultValue, string description) =>
        Real(name, defaultValue, description, "a number of 1 or more", x => x >= 1 && double.IsFinite(x));

    /// <summary>A whole number, null when not given.</summary>
    public static Option<int?> Whole(string name, int least, string description) => new(name)
    {
        HelpName = "N",
        Description = description,
        CustomParser = result =>
        {
            if (int.TryParse(Text(result), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value < int.MaxValue)
            {
                return value;
            }

            result.AddError($"{name} {Text(result)}: a whole number of at least {least} is needed.");
            return null;
        },
    };

    private static Option<double> Real(string name, double defaultValue, string description, string wanted, Func<double, bool> isValid) => new(name)
    {
        HelpName = "NUMBER",
        Description = string.Create(CultureInfo.InvariantCulture, $"{description} Default: {defaultValue}."),
        DefaultValueFactory = _ => defaultValue,
        CustomParser = result =>
        {
            if (double.TryParse(Text(result), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && isValid(value))
            {
                return value;
            }

            result.AddError($"{name} {Text(result)}: {wanted} is needed.");
            return default;
        },
    };

    private static string Text(ArgumentResult result) => result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
}
