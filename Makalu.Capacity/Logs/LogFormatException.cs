namespace Makalu.Capacity.Logs;

/// <summary>A log does not hold what it must. The message names the file, the place, what was expected and the remedy.</summary>
public sealed class LogFormatException : FormatException
{
    /// <summary>Creates an exception without a place in a file.</summary>
    public LogFormatException()
    {
    }

    /// <summary>Creates an exception without a place in a file.</summary>
    /// <param name="message">What is wrong, and what to do about it.</param>
    public LogFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception without a place in a file.</summary>
    /// <param name="message">What is wrong, and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public LogFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal LogFormatException(string fileName, string problem, Exception? innerException = null)
        : base($"{fileName}: {problem}", innerException)
    {
        FileName = fileName;
    }

    internal LogFormatException(string message, IReadOnlyList<MalformedLine> malformedLines)
        : base(message)
    {
        MalformedLines = malformedLines;
        FileName = malformedLines.Count > 0 ? malformedLines[0].FileName : null;
    }

    /// <summary>The file's name as it was given or found, or null where there is none.</summary>
    public string? FileName { get; }

    /// <summary>The first malformed lines where they are the reason; empty otherwise.</summary>
    public IReadOnlyList<MalformedLine> MalformedLines { get; } = [];
}
