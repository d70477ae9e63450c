using CsvHelper;
using Makalu.Capacity.Peaks;

namespace Makalu.Capacity.Reporting;

/// <summary>
/// Writes peaks as CSV: <c>[series,]window,kind,starts_at,ends_at,p50,…[,exceeds_2000,…]</c>, quantiles of the maximum of the step averages within
/// each window, in requests per second, and the probability that it exceeds given rates.
/// </summary>
/// <remarks>Not safe to share between threads.</remarks>
public sealed class PeaksCsvWriter : IDisposable
{
    private readonly CsvWriter _csv;
    private readonly double[] _quantiles;
    private readonly double[] _rates;
    private readonly bool _hasSeriesColumn;

    /// <summary>Writes the header.</summary>
    /// <param name="stream">Where to write, as UTF-8; left open.</param>
    /// <param name="quantiles">A column for each, each between 0 and 1, both excluded.</param>
    /// <param name="hasSeriesColumn">Whether the rows name their series.</param>
    /// <param name="rates">Rates in requests per second, a column for the probability of exceeding each; default none.</param>
    public PeaksCsvWriter(Stream stream, IReadOnlyList<double> quantiles, bool hasSeriesColumn = false, IReadOnlyList<double>? rates = null)
    {
        _csv = PlanCsv.Create(stream);
        _quantiles = [.. quantiles];
        _rates = [.. rates ?? []];
        _hasSeriesColumn = hasSeriesColumn;
        if (hasSeriesColumn)
        {
            _csv.WriteField("series");
        }

        _csv.WriteField("window");
        _csv.WriteField("kind");
        _csv.WriteField("starts_at");
        _csv.WriteField("ends_at");
        PlanCsv.WriteQuantileNames(_csv, _quantiles);
        foreach (double rate in _rates)
        {
            _csv.WriteField(FormattableString.Invariant($"exceeds_{rate}"));
        }

        _csv.EndRecord();
    }

    /// <summary>Writes a row for each window.</summary>
    /// <param name="peaks">The peaks of one forecast.</param>
    /// <param name="series">The name of its series; written where there is a column for it.</param>
    public void Write(IEnumerable<PeakForecast> peaks, string series = "")
    {
        foreach (PeakForecast peak in peaks)
        {
            if (_hasSeriesColumn)
            {
                _csv.WriteField(series);
            }

            _csv.WriteField(peak.Window.Name);
            _csv.WriteField(peak.Window.Kind);
            _csv.WriteField(PlanText.IsoTime(peak.Window.StartsAt));
            _csv.WriteField(PlanText.IsoTime(peak.Window.EndsAt));
            foreach (double quantile in _quantiles)
            {
                PlanCsv.WriteRate(_csv, peak.Quantile(quantile));
            }

            foreach (double rate in _rates)
            {
                _csv.WriteField(peak.ExceedanceProbability(rate));
            }

            _csv.EndRecord();
        }
    }

    /// <summary>Flushes what was written; the stream stays open.</summary>
    public void Dispose() => _csv.Dispose();
}
