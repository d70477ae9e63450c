using System.Data.Common;

namespace Makalu.Capacity.Service;

/// <summary>Why the program could not start, told to whoever runs it: what is wrong and what to look at, and no secret.</summary>
internal static class StartFailure
{
    /// <summary>The reason in words; null for a fault of the program.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        DbException => $"The database cannot be used: {FirstLine(exception)} Look at Makalu:Database (--database): a SQLite file that this user may write, or a PostgreSQL server that answers.",
        ArgumentException => WithoutParameter(exception),
        InvalidDataException or FileNotFoundException or DirectoryNotFoundException => $"The configuration cannot be read: {FirstLine(exception)} {FirstLine(exception.InnerException)}".TrimEnd(),
        IOException or UnauthorizedAccessException => FirstLine(exception),
        InvalidOperationException when exception.Message.StartsWith("The database ", StringComparison.Ordinal) => exception.Message,
        InvalidOperationException when exception.Message.StartsWith("Failed to convert configuration value", StringComparison.Ordinal) => $"The configuration is wrong: {FirstLine(exception)}",
        _ => null,
    };

    private static string WithoutParameter(Exception exception)
    {
        string message = exception.Message.Split(" (Parameter", 2)[0];

        // The providers name the word of a connection string that they do not know, and not what is said about it.
        return exception.Message.Contains("onnection string", StringComparison.Ordinal) || exception.StackTrace?.Contains("ConnectionStringBuilder", StringComparison.Ordinal) == true
            ? $"The database cannot be used: {message.TrimEnd('.')}. Look at Makalu:Database (--database): 'Data Source=FILE' for SQLite, 'Host=…;Database=…' for PostgreSQL."
            : message;
    }

    private static string FirstLine(Exception? exception) => exception is null ? "" : exception.Message.Split('\n', 2)[0].TrimEnd('\r', '.') + ".";
}
