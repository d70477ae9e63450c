using System.Globalization;

namespace Makalu.Capacity.Cli.Arguments;

/// <summary>A list of quantiles as the command line writes it: <c>0.5,0.9,0.95,0.99</c>.</summary>
internal static class QuantilesArgument
{
    public static IReadOnlyList<double> Default { get; } = [0.5, 0.9, 0.95, 0.99];

    public static bool TryParse(string text, out IReadOnlyList<double> quantiles, out string? error)
    {
        var parsed = new List<double>();
        quantiles = parsed;
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double quantile) || !(quantile > 0 && quantile < 1))
            {
                error = $"'{part}' is not a quantile: it must be a fraction above 0 and below 1. Write a list like 0.5,0.9,0.95,0.99.";
                return false;
            }

            if (parsed.Contains(quantile))
            {
                error = $"quantile {part} is listed twice. Name each quantile once.";
                return false;
            }

            parsed.Add(quantile);
        }

        error = null;
        return true;
    }

    public static DefaultedOption<IReadOnlyList<double>> Option() => new("--quantiles", "Quantiles to write, as fractions.", Default, string.Join(',', Default.Select(q => q.ToString(CultureInfo.InvariantCulture))))
    {
        HelpName = "list",
        CustomParser = result =>
        {
            if (TryParse(result.Tokens[0].Value, out IReadOnlyList<double> quantiles, out string? error))
            {
                return quantiles;
            }

            result.AddError($"--quantiles: {error}");
            return Default;
        },
    };
}
