using System.Globalization;
using System.Text;
using Makalu.Capacity.Monitoring;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Cli.Nightly;

/// <summary>What following the recorded plans would have changed, night by night, beside what came: the case for switching shadow mode off.</summary>
internal sealed class ShadowReport(NightlyConfiguration configuration, TimeProvider time)
{
    public async Task<string> WriteAsync(CancellationToken cancellationToken)
    {
        var text = new StringBuilder("# What the plans of each night would have changed\n");
        foreach (NightlyService service in configuration.Services)
        {
            var memory = new NightlyMemory(configuration.Output, service.Name);
            IReadOnlyList<NightlyOutcome> nights = memory.Nights();
            text.Append(CultureInfo.InvariantCulture, $"\n## {service.Name}\n\n");
            if (nights.Count == 0)
            {
                text.Append("No night is recorded yet.\n");
                continue;
            }

            RequestHistory history = await service.Source.ReadAsync(time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            Append(text, nights, Peaks(memory, history));
        }

        return text.ToString();
    }

    /// <summary>The highest step of the first day after each origin, in requests per second.</summary>
    private static Dictionary<DateTimeOffset, PeakScore> Peaks(NightlyMemory memory, RequestHistory history)
    {
        var peaks = new Dictionary<DateTimeOffset, PeakScore>();
        foreach (ForecastRecord record in memory.ForecastsBefore(history.Requests.End).Where(r => r.Step.Ticks % history.Requests.Step.Ticks == 0))
        {
            if (ForecastScore.Of(record, history).Peaks.Where(p => p.Window.Kind == "day").MinBy(p => p.Window.StartsAt) is { } first)
            {
                peaks[record.Origin] = first;
            }
        }

        return peaks;
    }

    private static void Append(StringBuilder text, IReadOnlyList<NightlyOutcome> nights, Dictionary<DateTimeOffset, PeakScore> peaks)
    {
        int changed = nights.Count(n => n.MaxConnections != n.CurrentMaxConnections);
        int unfit = nights.Count(n => !n.CurrentSettingsSurvive);
        int known = nights.Count(n => peaks.ContainsKey(n.Origin));
        int beyond = nights.Count(n => peaks.TryGetValue(n.Origin, out PeakScore? peak) && peak.ActualRequestsPerSecond > n.DemandStepRequestsPerSecond);
        text.Append(CultureInfo.InvariantCulture, $"{nights.Count} nights: on {changed} the plan differed from what was set, on {unfit} what was set did not survive the forecast. Of {known} next days that are known, {beyond} came higher than the plan was sized for.\n\n");
        text.Append("| night | set | planned | verdict | sized for, requests/s | next day's highest step | cause |\n| --- | ---: | ---: | --- | ---: | ---: | --- |\n");
        foreach (NightlyOutcome night in nights)
        {
            string came = peaks.TryGetValue(night.Origin, out PeakScore? peak) ? PlanText.Rate(peak.ActualRequestsPerSecond) : "not known yet";
            text.Append(CultureInfo.InvariantCulture, $"| {PlanText.Time(night.Origin)} | {night.CurrentMaxConnections} | {night.MaxConnections} | {night.Verdict}{(night.CurrentSettingsSurvive ? "" : ", today's do not survive")} | {PlanText.Rate(night.DemandStepRequestsPerSecond)} | {came} | {PlanText.OneLine(night.Cause).Replace("|", "/", StringComparison.Ordinal)} |\n");
        }
    }
}
