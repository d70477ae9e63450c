namespace Makalu.Capacity.Sizing;

/// <summary>A system description cannot be planned for; all that is wrong with it is told at once.</summary>
public sealed class SystemDescriptionException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="source">The file's name, or what else it was read from.</param>
    /// <param name="errors">All errors, at least one.</param>
    public SystemDescriptionException(string source, IEnumerable<SystemDescriptionError> errors)
        : this(source, [.. errors])
    {
    }

    private SystemDescriptionException(string source, SystemDescriptionError[] errors)
        : base(Describe(source, errors))
    {
        Errors = Array.AsReadOnly(errors);
    }

    /// <summary>All errors, in the order of the file.</summary>
    public IReadOnlyList<SystemDescriptionError> Errors { get; }

    private static string Describe(string source, SystemDescriptionError[] errors)
        => errors.Length == 1
            ? $"{source}: {errors[0]}"
            : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{source}: {errors.Length} errors:") + string.Concat(errors.Select(error => $"{Environment.NewLine}  {error}"));
}
