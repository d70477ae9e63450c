using System.CommandLine;

namespace Makalu.Capacity.Cli.Arguments;

/// <summary><c>--verbose</c>: how a result came about, on standard error, so that results stay what they are.</summary>
internal static class VerboseOption
{
    /// <param name="what">What is told, as the end of the sentence "Tell on standard error …", without a full stop.</param>
    public static Option<bool> Create(string what) => new("--verbose") { Description = $"Tell on standard error {what}." };

    /// <summary>The option of commands that forecast.</summary>
    public static Option<bool> OfForecasts() => Create("how each forecast came about: members, errors, weights, seasons, campaigns");
}
