using Makalu.Capacity.Monitoring;

namespace Makalu.Capacity.Backtesting;

/// <summary>How the peaks of one kind of window did: of the horizon, of days, or of campaigns.</summary>
public sealed record PeakAccuracy
{
    /// <summary><c>horizon</c>, <c>day</c> or <c>campaign</c>.</summary>
    public required string Windows { get; init; }

    /// <summary>The number of windows scored; a window counts once for each origin that forecast it.</summary>
    public required int Count { get; init; }

    /// <summary>How often the peak stayed at or below each quantile of the maximum.</summary>
    public required IReadOnlyList<QuantileCoverage> Coverage { get; init; }

    /// <summary>The median of |ln(median ÷ actual)|.</summary>
    public required double MedianAbsoluteLogError { get; init; }

    /// <summary>The mean of |ln(median ÷ actual)|.</summary>
    public required double MeanAbsoluteLogError { get; init; }

    /// <summary>The mean of ln(median ÷ actual): below 0 where too little was forecast.</summary>
    public required double LogBias { get; init; }

    /// <summary>The geometric mean of the highest quantile asked that is 0.95 or less ÷ actual: what the coverage costs.</summary>
    public required double UpperToActual { get; init; }

    /// <summary>The weighted absolute error of the median's path within the windows: Σ|median − actual| ÷ Σ actual over their steps.</summary>
    public required double PathWeightedError { get; init; }

    /// <summary>The mean of |ln(median ÷ actual)| over the windows' steps.</summary>
    public required double PathLogError { get; init; }

    internal static IEnumerable<PeakAccuracy> Of(IReadOnlyList<ForecastScore> scores)
    {
        foreach (string windows in new[] { "horizon", "day", "campaign" })
        {
            PeakScore[] peaks = [.. scores.SelectMany(s => s.Peaks).Where(p => KindOf(p) == windows && p.ActualRequestsPerSecond > 0)];
            if (peaks.Length > 0)
            {
                yield return Of(windows, peaks, scores[0].Record.Quantiles.ToArray());
            }
        }
    }

    /// <summary>The kind of a window's row; empty for a campaign that the horizon cuts, which is not scored.</summary>
    internal static string KindOf(PeakScore peak) => peak.Window.Kind switch
    {
        "horizon" or "day" => peak.Window.Kind,
        _ => peak.IsWhole ? "campaign" : "",
    };

    private static PeakAccuracy Of(string windows, PeakScore[] peaks, double[] quantiles)
    {
        int median = Array.IndexOf(quantiles, 0.5);
        int upper = Math.Max(median, Array.FindLastIndex(quantiles, q => q <= 0.95));
        double[] errors = [.. peaks.Select(p => Math.Log(Math.Max(p.Record.RequestsPerSecond[median], 1e-9) / p.ActualRequestsPerSecond))];
        return new PeakAccuracy
        {
            Windows = windows,
            Count = peaks.Length,
            Coverage = [.. quantiles.Select((q, i) => new QuantileCoverage(q, peaks.Count(p => p.IsCovered(i)), peaks.Length))],
            MedianAbsoluteLogError = Numerics.SampleQuantile.Median(Array.ConvertAll(errors, Math.Abs)),
            MeanAbsoluteLogError = errors.Average(Math.Abs),
            LogBias = errors.Average(),
            PathWeightedError = peaks.Sum(p => p.AbsoluteErrors) / peaks.Sum(p => p.Actuals),
            PathLogError = peaks.Sum(p => p.LogErrors) / peaks.Sum(p => p.LogSteps),
            UpperToActual = Math.Exp(peaks.Average(p => Math.Log(Math.Max(p.Record.RequestsPerSecond[upper], 1e-9) / p.ActualRequestsPerSecond))),
        };
    }
}
