using CsvHelper;
using Makalu.Capacity.Backtesting;
using Makalu.Capacity.Monitoring;

namespace Makalu.Capacity.Reporting;

/// <summary>
/// Writes the windows of a backtest as CSV: <c>origin,window,kind,starts_at,ends_at,whole,actual,actual_at,p50,…</c>, a row for each window
/// of each forecast, in requests per second.
/// </summary>
public static class BacktestCsvWriter
{
    /// <summary>Writes the windows.</summary>
    /// <param name="stream">Where to write, as UTF-8; left open.</param>
    /// <param name="report">What the backtest found.</param>
    public static void Write(Stream stream, CapacityBacktestReport report)
    {
        using CsvWriter csv = PlanCsv.Create(stream);
        foreach (string column in new[] { "origin", "window", "kind", "starts_at", "ends_at", "whole", "actual", "actual_at" })
        {
            csv.WriteField(column);
        }

        PlanCsv.WriteQuantileNames(csv, report.Scores[0].Record.Quantiles.ToArray());
        csv.EndRecord();
        foreach (ForecastScore score in report.Scores)
        {
            foreach (PeakScore peak in score.Peaks)
            {
                csv.WriteField(PlanText.IsoTime(score.Record.Origin));
                csv.WriteField(peak.Window.Name);
                csv.WriteField(peak.Window.Kind);
                csv.WriteField(PlanText.IsoTime(peak.Window.StartsAt));
                csv.WriteField(PlanText.IsoTime(peak.Window.EndsAt));
                csv.WriteField(peak.IsWhole ? "true" : "false");
                PlanCsv.WriteRate(csv, peak.ActualRequestsPerSecond);
                csv.WriteField(PlanText.IsoTime(peak.ActualAt));
                foreach (double rate in peak.Record.RequestsPerSecond)
                {
                    PlanCsv.WriteRate(csv, rate);
                }

                csv.EndRecord();
            }
        }
    }
}
