namespace Makalu.Capacity.Logs;

/// <summary>What one log file held.</summary>
/// <param name="Name">The file's name as it was given or found.</param>
/// <param name="Format">The format it was read as; <see cref="LogFormat.Auto"/> for an empty file.</param>
/// <param name="Lines">The number of lines.</param>
/// <param name="Records">The number of requests that were taken.</param>
/// <param name="MalformedLines">The number of lines that could not be read.</param>
public sealed record LogFileSummary(string Name, LogFormat Format, long Lines, long Records, long MalformedLines)
{
    /// <summary>What became of the lines, in more detail; null where the summary was made by hand.</summary>
    internal LineCounts? Counts { get; init; }
}
