using Makalu.Capacity.Series;

namespace Makalu.Capacity.Cli.Nightly.Sources;

/// <summary>A series file, of one series or with the one that is named.</summary>
internal sealed class SeriesFileSource(string path, string? series) : IHistorySource
{
    public Task<RequestHistory> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        IReadOnlyList<RequestHistory> histories = SeriesFile.Read(path, cancellationToken: cancellationToken);
        RequestHistory? one = series is null ? histories.Count == 1 ? histories[0] : null : histories.FirstOrDefault(h => h.Name == series);
        return one is not null
            ? Task.FromResult(one)
            : throw new HistorySourceException($"{path}: holds {histories.Count} series ({string.Join(", ", histories.Take(5).Select(h => h.Name))}{(histories.Count > 5 ? ", …" : "")}), and {(series is null ? "none is named" : $"none of them is '{series}'")}. Name one as the source's series.");
    }
}
