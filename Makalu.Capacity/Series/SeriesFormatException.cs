namespace Makalu.Capacity.Series;

/// <summary>A series file does not hold what it must. The message names the file, the line, the field, the value, the rule and the remedy.</summary>
public sealed class SeriesFormatException : FormatException
{
    /// <summary>Creates an exception without a place in a file.</summary>
    public SeriesFormatException()
    {
    }

    /// <summary>Creates an exception without a place in a file.</summary>
    /// <param name="message">What is wrong, and what to do about it.</param>
    public SeriesFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception without a place in a file.</summary>
    /// <param name="message">What is wrong, and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public SeriesFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal SeriesFormatException(string fileName, int line, string? field, string problem, Exception? innerException = null)
        : base(Describe(fileName, line, field, problem), innerException)
    {
        FileName = fileName;
        Line = line;
        Field = field;
    }

    /// <summary>The file's name as it was given, or null where there is none.</summary>
    public string? FileName { get; }

    /// <summary>The line, counted from 1; 0 where the whole file is meant.</summary>
    public int Line { get; }

    /// <summary>The name of the column; null where the whole line or file is meant.</summary>
    public string? Field { get; }

    private static string Describe(string fileName, int line, string? field, string problem)
        => fileName
            + (line > 0 ? FormattableString.Invariant($", line {line}") : "")
            + (field is null ? "" : $", field '{field}'")
            + ": " + problem;
}
