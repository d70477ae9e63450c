using System.CommandLine;
using System.Globalization;

namespace Makalu.Capacity.Cli.Arguments;

/// <summary>Rates in requests per second: <c>2000</c> or <c>1500,2000</c>.</summary>
internal static class RatesArgument
{
    public static Option<double[]> Option(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "list",
        DefaultValueFactory = _ => [],
        CustomParser = result =>
        {
            var rates = new List<double>();
            foreach (string part in result.Tokens[0].Value.Split(','))
            {
                if (!double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double rate) || !double.IsFinite(rate))
                {
                    result.AddError($"{name}: '{part}' is not a rate. Write requests per second of 0 or more, for example 2000 or 1500,2000.");
                    return [];
                }

                rates.Add(rate);
            }

            return [.. rates.Distinct()];
        },
    };
}
