namespace Makalu.Capacity.Logs;

/// <summary>What became of the lines of one file, in more detail than its summary.</summary>
internal sealed record LineCounts
{
    /// <summary>Lines that are no requests and need not be.</summary>
    public required long Other { get; init; }

    /// <summary>Requests passed over by each filter.</summary>
    public required IReadOnlyDictionary<PassedOver, long> PassedOver { get; init; }

    /// <summary>Malformed lines by what is wrong with them, the most frequent first.</summary>
    public required IReadOnlyList<(string Reason, long Lines)> Malformed { get; init; }
}
