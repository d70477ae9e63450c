using System.Globalization;
using System.Text;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Cli.Nightly.Sources;

/// <summary>Makes a history of rows that a server answered with, by the rules of the series file.</summary>
internal sealed class RowHistory
{
    private readonly StringBuilder _rows = new();
    private readonly bool _hasPeaks;

    public RowHistory(bool hasPeaks)
    {
        _hasPeaks = hasPeaks;
        _rows.Append(hasPeaks ? "timestamp,requests,peak_rps\n" : "timestamp,requests\n");
    }

    /// <summary>Adds a bucket; one without a finite number of requests is unknown and left out.</summary>
    public void Add(DateTimeOffset start, double requests, double? peakRequestsPerSecond = null)
    {
        if (!double.IsFinite(requests))
        {
            return;
        }

        _rows.Append(CultureInfo.InvariantCulture, $"{start.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'},{requests:R}");
        if (_hasPeaks)
        {
            _rows.Append(CultureInfo.InvariantCulture, $",{peakRequestsPerSecond:R}");
        }

        _rows.Append('\n');
        Count++;
    }

    /// <summary>The number of buckets.</summary>
    public int Count { get; private set; }

    /// <summary>The history of the rows.</summary>
    /// <param name="source">What messages call them; a line of a message is a row of the answer, counted from 2.</param>
    /// <param name="step">The length of a bucket; null takes the most common spacing.</param>
    /// <exception cref="HistorySourceException">There are no rows.</exception>
    /// <exception cref="SeriesFormatException">A row is not a valid one.</exception>
    public RequestHistory Build(string source, TimeSpan? step)
    {
        if (Count == 0)
        {
            throw new HistorySourceException($"{source}: has no observation. Look whether the query names the right metric or table, and the right span.");
        }

        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(_rows.ToString()));
        return SeriesFile.Read(stream, source, new SeriesFileOptions { Step = step })[0];
    }
}
