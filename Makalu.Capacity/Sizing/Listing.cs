namespace Makalu.Capacity.Sizing;

/// <summary>Lists of services in sentences, which must stay readable where there are many.</summary>
internal static class Listing
{
    /// <summary>The most entries that are spelt out.</summary>
    public const int Most = 4;

    /// <summary>All entries, or the first and how many there are besides.</summary>
    public static string Of(IReadOnlyCollection<string> entries)
        => entries.Count <= Most + 1
            ? string.Join(", ", entries)
            : FormattableString.Invariant($"{string.Join(", ", entries.Take(Most))} and {entries.Count - Most} more");
}
