using Makalu.Capacity.Series;

namespace Makalu.Capacity.Cli.Nightly.Sources;

/// <summary>Where a service's history of requests comes from.</summary>
internal interface IHistorySource
{
    /// <summary>Reads the history up to now.</summary>
    /// <param name="now">The time of the run, UTC.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="HistorySourceException">The source does not answer, or not with a history; the message says what to look at, and no secret.</exception>
    Task<RequestHistory> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken);
}
