namespace Makalu.Capacity.Logs;

/// <summary>What a line turned out to be.</summary>
internal enum LineOutcome
{
    /// <summary>A request.</summary>
    Record,

    /// <summary>Something that may stand in such a log without being a request.</summary>
    Other,

    /// <summary>Not what the format allows.</summary>
    Malformed,
}

/// <summary>Reads the lines of one format. Each thread has one of its own.</summary>
internal abstract class LineParser
{
    /// <summary>Whether a line can only be read after those before it, so that one thread must read the whole file.</summary>
    public virtual bool NeedsOrder => false;

    /// <summary>Reads one line.</summary>
    /// <param name="line">UTF-8, without its line break, not empty.</param>
    /// <param name="record">The request; refers to <paramref name="line"/>.</param>
    /// <param name="fault">Where the line is malformed, why.</param>
    public abstract LineOutcome Parse(ReadOnlySpan<byte> line, out RequestRecord record, out string? fault);

    /// <summary>
    /// What directives within a block of lines leave in force for the lines after it. Blocks go to different threads: the
    /// directives in force travel with them.
    /// </summary>
    /// <param name="directives">Those in force before the block; null at the beginning of the file.</param>
    /// <param name="block">Whole lines.</param>
    public virtual object? After(object? directives, ReadOnlySpan<byte> block) => null;

    /// <summary>Begins a block, with the directives in force before it.</summary>
    /// <param name="directives">What <see cref="After"/> gave.</param>
    public virtual void Begin(object? directives)
    {
    }
}
