using System.Text.RegularExpressions;

namespace Makalu.Capacity.Service.Security;

/// <summary>What a service may be called: a strict pattern, so that a name is safe wherever it is shown.</summary>
internal static partial class ServiceName
{
    public const string Rule = "A service's name is 1 to 64 of a-z, 0-9, '-', '_' and '.', and begins and ends with a letter or digit.";

    public static bool IsValid(string name) => Pattern().IsMatch(name);

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
