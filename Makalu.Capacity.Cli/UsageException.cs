namespace Makalu.Capacity.Cli;

/// <summary>The command was used wrongly, or its input or output place is bad: the message states value, rule and remedy.</summary>
internal sealed class UsageException : Exception
{
    public UsageException(string message) : base(message)
    {
    }

    public UsageException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
