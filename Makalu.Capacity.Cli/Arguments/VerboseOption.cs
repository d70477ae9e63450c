using System.CommandLine;

namespace Makalu.Capacity.Cli.Arguments;

/// <summary><c>--verbose</c>: how a forecast came about, on standard error.</summary>
internal static class VerboseOption
{
    public static Option<bool> Create() => new("--verbose") { Description = "Tell on standard error how each forecast came about: members, errors, weights, seasons, campaigns." };
}
