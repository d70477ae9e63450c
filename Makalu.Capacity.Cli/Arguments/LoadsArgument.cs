using System.CommandLine;
using System.Globalization;

namespace Makalu.Capacity.Cli.Arguments;

/// <summary>Loads as fractions of the planned peak: <c>1,1.25,1.5</c>.</summary>
internal static class LoadsArgument
{
    private const double Largest = 3;

    public static Option<double[]?> Option(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "list",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            var loads = new List<double>();
            foreach (string part in text.Split(','))
            {
                if (!double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double load) || load is not (> 0 and <= Largest))
                {
                    result.AddError($"{name}: '{part}' is not a load. Write fractions of the planned peak above 0, at most 3, for example 1,1.5.");
                    return null;
                }

                loads.Add(load);
            }

            return [.. loads];
        },
    };
}
