namespace Makalu.Capacity.Postgres;

/// <summary>
/// A server could not be reached, would not let the user in, or refused a query. The message never holds a password, and neither does
/// anything else of the exception: the driver's own exception is not kept.
/// </summary>
public sealed class DatabaseAccessException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What went wrong and what to do.</param>
    public DatabaseAccessException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What went wrong and what to do.</param>
    /// <param name="sqlState">The server's SQLSTATE; null where it sent none.</param>
    public DatabaseAccessException(string message, string? sqlState) : base(message) => SqlState = sqlState;

    /// <summary>The server's SQLSTATE, for example <c>28P01</c>; null where it sent none.</summary>
    public string? SqlState { get; }
}
