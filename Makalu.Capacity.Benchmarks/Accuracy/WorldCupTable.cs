using System.Globalization;
using Makalu.Capacity.Backtesting;

namespace Makalu.Capacity.Benchmarks.Accuracy;

/// <summary>The match windows by model and horizon, beside the peers'.</summary>
internal static class WorldCupTable
{
    public static void Write(TextWriter text, IReadOnlyDictionary<(string Model, int Days), CapacityBacktestReport> runs)
    {
        text.WriteLine("| model | days ahead | matches | median of abs(ln(p50 ÷ actual)) | mean | bias | ≤ p50 | ≤ p95 | p95 ÷ actual | path WAPE | chosen |");
        text.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (((string model, int days), CapacityBacktestReport report) in runs)
        {
            PeakAccuracy matches = report.Accuracy.Peaks.Single(p => p.Windows == "campaign");
            double Covered(double quantile) => matches.Coverage.First(c => c.Quantile == quantile).Coverage;
            string chosen = string.Join(", ", report.Scores.GroupBy(s => s.Record.Model).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => FormattableString.Invariant($"{g.Key} {g.Count()}")));
            text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| `{model}` | {days} | {matches.Count} | {matches.MedianAbsoluteLogError:0.000} | {matches.MeanAbsoluteLogError:0.000} | {matches.LogBias:+0.000;-0.000} | {Covered(0.5):0.000} | {Covered(0.95):0.000} | {matches.UpperToActual:0.00} | {matches.PathWeightedError:0.000} | {chosen} |"));
        }

        text.WriteLine("| Prophet with hand-made regressors, matches kept back | | 24 | 0.546 | 0.670 | | | 0.417 | | 0.459 | |");
        text.WriteLine("| repeating the last season, matches kept back | | 24 | 0.561 | 0.732 | | | 0.417 | | 0.662 | |");
        text.WriteLine();
    }
}
