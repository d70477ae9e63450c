using System.CommandLine;
using System.Globalization;

namespace Makalu.Capacity.Cli.Arguments;

/// <summary>The number of threads that a command may use.</summary>
internal static class ThreadsArgument
{
    public static Option<int?> Option()
    {
        var threads = new Option<int?>("--threads")
        {
            Description = "Threads to use; the output does not depend on it. Default: all processors.",
            HelpName = "number",
        };
        threads.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out int value) && value < 1)
            {
                result.AddError($"--threads: {value} must be 1 or more.");
            }
        });
        return threads;
    }

    /// <summary>The number that was given, or that of the processors.</summary>
    public static int Of(ParseResult parsed, Option<int?> threads) => parsed.GetValue(threads) ?? Environment.ProcessorCount;
}
