namespace Makalu.Capacity.Logs;

/// <summary>A line of a log that could not be read.</summary>
/// <param name="FileName">The file's name as it was given or found.</param>
/// <param name="Line">The line, counted from 1.</param>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="Excerpt">Its beginning.</param>
public sealed record MalformedLine(string FileName, long Line, string Reason, string Excerpt)
{
    /// <summary>The line as a message can show it.</summary>
    public override string ToString() => FormattableString.Invariant($"{FileName}, line {Line}: {Reason}: '{Excerpt}'");
}
