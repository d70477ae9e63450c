using Makalu.Capacity.Logs;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Cli.Nightly.Sources;

/// <summary>Request logs: files and patterns, whose format is told from their content.</summary>
internal sealed class LogSource(IReadOnlyList<string> paths, TimeSpan step) : IHistorySource
{
    public Task<RequestHistory> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var builder = new TimeSeriesBuilder();

        // One thread: services are read side by side already.
        builder.AddLogs(paths, new RequestLogOptions { MaxDegreeOfParallelism = 1 }, null, cancellationToken);
        try
        {
            return Task.FromResult(builder.Build(step));
        }
        catch (InvalidOperationException exception)
        {
            throw new HistorySourceException($"{string.Join(", ", paths)}: {exception.Message}", exception);
        }
    }
}
