namespace Makalu.Capacity.Sizing;

/// <summary>How far two field names are apart, to suggest the one that was meant.</summary>
internal static class NameDistance
{
    /// <summary>The single-character insertions, deletions and substitutions from one to the other, case ignored (Levenshtein 1966).</summary>
    public static int Between(string first, string second)
    {
        Span<int> row = stackalloc int[second.Length + 1];
        for (int j = 0; j <= second.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= first.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= second.Length; j++)
            {
                int substituted = diagonal + (char.ToUpperInvariant(first[i - 1]) == char.ToUpperInvariant(second[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[second.Length];
    }
}
