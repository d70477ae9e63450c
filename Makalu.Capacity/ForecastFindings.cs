using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity;

/// <summary>What history and forecast have to say beside the sizing: how far the numbers can be trusted.</summary>
internal static class ForecastFindings
{
    public static IEnumerable<Finding> Of(RequestHistory known, Forecast forecast, PeakDemand demand, BacktestReport? backtest)
    {
        foreach (CampaignEffect effect in forecast.CampaignEffects)
        {
            if (effect.PastCampaignsOfKind == 0 && Holidays.Is(effect.Campaign))
            {
                yield return new Finding(
                    "holiday-unseen",
                    FindingSeverity.Info,
                    FormattableString.Invariant($"The holiday '{effect.Campaign.Name}' is not in the history, so its effect comes from {(effect.PastCampaigns == 0 ? "the prior alone, half-way to a Sunday" : FormattableString.Invariant($"{effect.PastCampaigns} other holidays"))}: a factor of {effect.PeakFactorMedian:0.0}, between {effect.PeakFactorLow:0.0} and {effect.PeakFactorHigh:0.0} nine times in ten. Add its past dates to the calendar, under the same name."),
                    [
                        new("campaign", effect.Campaign.Name),
                        new("pastHolidays", effect.PastCampaigns),
                        new("peakFactorMedian", effect.PeakFactorMedian),
                        new("peakFactorLow", effect.PeakFactorLow),
                        new("peakFactorHigh", effect.PeakFactorHigh),
                    ]);
            }
            else if (effect.PastCampaignsOfKind == 0)
            {
                yield return new Finding(
                    "campaign-unseen",
                    FindingSeverity.Warning,
                    FormattableString.Invariant($"No campaign of kind '{effect.Campaign.Kind}' is in the history, so the effect of '{effect.Campaign.Name}' comes from {(effect.PastCampaigns == 0 ? "the prior alone" : FormattableString.Invariant($"{effect.PastCampaigns} campaigns of other kinds"))}: a factor of {effect.PeakFactorMedian:0.0}, between {effect.PeakFactorLow:0.0} and {effect.PeakFactorHigh:0.0} nine times in ten. Ask marketing for the reach they expect and compare."),
                    [
                        new("campaign", effect.Campaign.Name),
                        new("kind", effect.Campaign.Kind),
                        new("pastCampaignsOfKind", effect.PastCampaignsOfKind),
                        new("pastCampaigns", effect.PastCampaigns),
                        new("peakFactorMedian", effect.PeakFactorMedian),
                        new("peakFactorLow", effect.PeakFactorLow),
                        new("peakFactorHigh", effect.PeakFactorHigh),
                    ]);
            }
        }

        if (forecast.Report is { LevelShiftAt: { } shiftedAt } report)
        {
            yield return new Finding(
                "level-shift",
                FindingSeverity.Warning,
                FormattableString.Invariant($"The level jumped to {report.LevelShiftFactor:0.00} times at {shiftedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}. The history before is used as if it had been at the new level, and the intervals are wider: what is new may turn back. Find out what happened; if it was an incident, put it in the calendar."),
                [new("at", shiftedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)), new("factor", report.LevelShiftFactor)]);
        }

        if (forecast.Report?.Outliers is [.., { } last] && last.EndsAt == forecast.Start)
        {
            yield return new Finding(
                "history-end-outlier",
                FindingSeverity.Warning,
                FormattableString.Invariant($"The history ends with {Describe(last.EndsAt - last.StartsAt)} that are {last.Factor:0.0#} times the usual, since {last.StartsAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, too short to be a new level. The medians do not follow them. If the last step was not yet whole, leave it out; if it is a rush or an outage, plan again when more is known."),
                [new("at", last.StartsAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)), new("factor", last.Factor)]);
        }

        double highest = Highest(known.RequestsPerSecond);
        if (demand.StepRequestsPerSecond > 1.5 * highest)
        {
            yield return new Finding(
                "peak-beyond-history",
                FindingSeverity.Warning,
                FormattableString.Invariant($"The planned peak of {demand.StepRequestsPerSecond:#,0.#} requests per second is {demand.StepRequestsPerSecond / highest:0.0} times the highest that the history has seen ({highest:#,0.#}). Prove it with the load test before the day."),
                [new("peakRequestsPerSecond", demand.StepRequestsPerSecond), new("highestInHistory", highest), new("cause", demand.Cause)]);
        }

        TimeSpan span = known.Requests.Step * (known.Requests.Count - known.Requests.MissingCount);
        if (span < TimeSpan.FromDays(14))
        {
            yield return new Finding(
                "history-short",
                FindingSeverity.Warning,
                FormattableString.Invariant($"The history knows {span.TotalDays:0.#} days, fewer than the 14 that a weekly season takes to be seen twice. The intervals are wide for it; plan again when more is known."),
                [new("knownDays", span.TotalDays), new("neededDays", 14)]);
        }

        if (known.Quality.MissingSteps > 0)
        {
            yield return new Finding(
                "history-gaps",
                known.Quality.MissingSteps > known.Requests.Count / 10 ? FindingSeverity.Warning : FindingSeverity.Info,
                FormattableString.Invariant($"The history lacks {known.Quality.MissingSteps:#,0} steps in {known.Quality.Gaps:#,0} gaps, the longest {Describe(known.Quality.LongestGap)}. They were left unknown, not counted as zero."),
                [new("gaps", known.Quality.Gaps), new("missingSteps", known.Quality.MissingSteps), new("longestGap", known.Quality.LongestGap.ToString("c"))]);
        }

        if (known.Quality.Duplicates > 0 || known.Quality.OutOfOrder > 0 || known.Quality.OffGrid > 0)
        {
            yield return new Finding(
                "history-irregular",
                FindingSeverity.Info,
                FormattableString.Invariant($"The history had {known.Quality.Duplicates:#,0} duplicate timestamps (added up), {known.Quality.OutOfOrder:#,0} rows out of order (sorted), and {known.Quality.OffGrid:#,0} rows off the regular steps (counted into the nearest)."),
                [new("duplicates", known.Quality.Duplicates), new("outOfOrder", known.Quality.OutOfOrder), new("offGrid", known.Quality.OffGrid)]);
        }

        if (forecast.Step > TimeSpan.FromMinutes(15))
        {
            yield return new Finding(
                "step-coarse",
                FindingSeverity.Warning,
                FormattableString.Invariant($"The steps of {Describe(forecast.Step)} hide what happens within them: a peak of minutes can be several times the average that was forecast. Supply a history at steps of a minute (makalu ingest)."),
                [new("step", forecast.Step.ToString("c"))]);
        }

        if (backtest is not null && backtest.Candidates[0] is { PeakCoverage95: < 0.75, Origins: >= 3 } accuracy)
        {
            yield return new Finding(
                "forecast-unreliable",
                FindingSeverity.Warning,
                FormattableString.Invariant($"On this history's own past the 95 % quantile of the daily peak held for only {accuracy.PeakCoverage95 * 100:0} % of the days. Plan for a higher quantile or with more headroom."),
                [new("peakCoverage95", accuracy.PeakCoverage95), new("origins", accuracy.Origins), new("model", accuracy.Model)]);
        }
    }

    public static IEnumerable<string> Assumptions(RequestHistory given, RequestHistory known, Forecast forecast, PeakDemand demand)
    {
        yield return FormattableString.Invariant($"The forecast is made by the model '{forecast.Model}' from {known.Requests.Count - known.Requests.MissingCount:#,0} known steps of {Describe(forecast.Step)} up to {forecast.Start.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}.");
        if (forecast.CampaignEffects.Count > 0 && forecast.Report?.Campaigns is { } campaigns)
        {
            yield return FormattableString.Invariant($"The factors of campaigns come from the amplitude model '{campaigns.Amplitudes.Chosen}'. {campaigns.Amplitudes.Reason} {campaigns.Response.Reason}");
        }

        yield return demand.BurstFactorMeasured
            ? FormattableString.Invariant($"The busiest second of a step is {demand.BurstFactor:0.00} times its average at the peak, as measured in the history.")
            : FormattableString.Invariant($"The history does not know the busiest second of its steps: none is assumed above the average of {Describe(forecast.Step)}. Supply peak_rps (makalu ingest writes it).");
        if (given.Requests.End < forecast.Start)
        {
            yield return FormattableString.Invariant($"The history ends at {given.Requests.End.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, before the origin: the time between is unknown.");
        }
    }

    private static double Highest(TimeSeries series)
    {
        double highest = 0;
        foreach (double value in series.Values)
        {
            highest = value > highest ? value : highest;
        }

        return highest;
    }

    private static string Describe(TimeSpan span) => span switch
    {
        { TotalDays: >= 1 } => FormattableString.Invariant($"{span.TotalDays:0.#} d"),
        { TotalHours: >= 1 } => FormattableString.Invariant($"{span.TotalHours:0.#} h"),
        { TotalMinutes: >= 1 } => FormattableString.Invariant($"{span.TotalMinutes:0.#} min"),
        _ => FormattableString.Invariant($"{span.TotalSeconds:0.###} s"),
    };
}
