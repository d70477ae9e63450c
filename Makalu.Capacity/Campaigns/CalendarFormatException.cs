namespace Makalu.Capacity.Campaigns;

/// <summary>
/// A calendar file does not hold what it must. The message names the file and, for each of the first ten errors, the line, the
/// field, the value, the rule and the remedy.
/// </summary>
public sealed class CalendarFormatException : FormatException
{
    private const int ShownErrors = 10;

    /// <summary>Creates an exception without a place in a file.</summary>
    public CalendarFormatException()
    {
    }

    /// <summary>Creates an exception without a place in a file.</summary>
    /// <param name="message">What is wrong, and what to do about it.</param>
    public CalendarFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception without a place in a file.</summary>
    /// <param name="message">What is wrong, and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public CalendarFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal CalendarFormatException(string fileName, IReadOnlyList<CalendarFormatError> errors, Exception? innerException = null)
        : base(Describe(fileName, errors), innerException)
    {
        FileName = fileName;
        Errors = errors;
    }

    /// <summary>The file's name as it was given, or null where there is none.</summary>
    public string? FileName { get; }

    /// <summary>All that is wrong in the file, by line; more than the message shows where there are more than ten.</summary>
    public IReadOnlyList<CalendarFormatError> Errors { get; } = [];

    private static string Describe(string fileName, IReadOnlyList<CalendarFormatError> errors)
    {
        if (errors.Count == 1)
        {
            return errors[0].Line > 0 || errors[0].Field is not null ? $"{fileName}, {errors[0].Describe()}" : $"{fileName}: {errors[0].Message}";
        }

        IEnumerable<string> lines = errors.Take(ShownErrors).Select(e => "\n  " + e.Describe());
        string more = errors.Count > ShownErrors ? FormattableString.Invariant($"\n  and {errors.Count - ShownErrors} more") : "";
        return FormattableString.Invariant($"{fileName}: {errors.Count} errors:") + string.Concat(lines) + more;
    }
}
