using System.Globalization;
using Makalu.Capacity.Backtesting;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks.Accuracy;

/// <summary>The page views by season: a row for each, and the last season's play-offs and finals one by one.</summary>
internal static class PageviewsTable
{
    public static void Write(TextWriter text, RequestHistory history, CampaignCalendar calendar, int count, Func<RequestHistory, CampaignCalendar, CapacityBacktestOptions, CapacityBacktestReport> run)
    {
        IReadOnlyList<CapacityBacktestReport> seasons = Seasons("auto");
        text.WriteLine("| season | origins | sMAPE | event days, mean abs(ln(p50 ÷ actual)) | 60 days' peak, mean abs(ln(p50 ÷ actual)) | 60 days' peak ≤ p95 | p95 ÷ actual |");
        text.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        for (int i = 0; i < seasons.Count; i++)
        {
            Row(text, FormattableString.Invariant($"{2009 + i}/{10 + i}"), [seasons[i]]);
        }

        Row(text, "all", seasons);
        Row(text, "all, with `--model campaigns`", Seasons("campaigns"));
        text.WriteLine("| Prophet with holidays, seasons kept back | 23 | 32.3 | 0.564 | 0.819 | 0.565 | |");
        text.WriteLine("| repeating the last season, seasons kept back | 23 | 45.7 | 1.29 | 1.37 | 0.52 | |");
        text.WriteLine();
        text.WriteLine("The play-offs and finals of 2012/13:");
        text.WriteLine();
        BacktestMarkdown.WriteCampaigns(text, seasons[^2]);

        IReadOnlyList<CapacityBacktestReport> Seasons(string model) => [.. Enumerable.Range(2009, count).Select(year => run(history, calendar, new CapacityBacktestOptions
        {
            Horizon = TimeSpan.FromDays(60),
            Every = TimeSpan.FromDays(14),
            From = new DateTimeOffset(year, 9, 1, 0, 0, 0, TimeSpan.Zero),
            To = new DateTimeOffset(year + 1, 2, 14, 0, 0, 0, TimeSpan.Zero),
            Model = model,
        }))];
    }

    private static void Row(TextWriter text, string season, IReadOnlyList<CapacityBacktestReport> reports)
    {
        ReplayAccuracy accuracy = ReplayAccuracy.Of([.. reports.SelectMany(r => r.Nights)]);
        PeakAccuracy? days = accuracy.Peaks.FirstOrDefault(p => p.Windows == "campaign");
        PeakAccuracy? whole = accuracy.Peaks.FirstOrDefault(p => p.Windows == "horizon");
        QuantileCoverage? upper = whole?.Coverage.First(c => c.Quantile == 0.95);
        text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {season} | {reports.Sum(r => r.Scores.Count)} | {100 * accuracy.SymmetricError:0.0} | {days?.PathLogError:0.000} | {whole?.MeanAbsoluteLogError:0.000} | {upper?.Coverage:0.000} | {whole?.UpperToActual:0.00} |"));
    }
}
