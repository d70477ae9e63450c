namespace Makalu.Capacity.Cli.Nightly.Sources;

/// <summary>A source does not answer, or not with a history.</summary>
internal sealed class HistorySourceException(string message, Exception? innerException = null) : Exception(message, innerException);
