using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Cli.Arguments;
using Makalu.Capacity.Cli.Output;
using Makalu.Capacity.Monitoring;
using Makalu.Capacity.Plotting;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Cli.Nightly;

/// <summary>One service's night: read, score what was forecast before, choose or keep the model, plan, compare, write.</summary>
internal sealed class NightlyWork(NightlyConfiguration configuration, bool isDryRun, NightlyStages stages)
{
    /// <summary>The finest step that is forecast at unless another is asked for: two weeks of minutes would be 160 MB of paths.</summary>
    private static readonly TimeSpan FinestStep = TimeSpan.FromMinutes(5);

    /// <summary>The models are judged against each other once a week, and whenever the stored forecasts have drifted.</summary>
    private static readonly TimeSpan Rejudged = TimeSpan.FromDays(7);

    public async Task<NightlyOutcome> RunAsync(NightlyService service, DateTimeOffset now, CancellationToken cancellationToken)
    {
        SystemDescription system = SystemDescriptionReader.Read(service.System);
        RequestHistory history = await service.Source.ReadAsync(now, cancellationToken).ConfigureAwait(false);
        CampaignCalendar calendar = service.Calendar is null ? CampaignCalendar.Empty : CampaignCalendarReader.Read(service.Calendar, new CampaignCalendarReaderOptions
        {
            RepetitionsFrom = history.Requests.Start,
            RepetitionsUntil = history.Requests.End + configuration.Horizon,
        });
        stages.Done("read", $"{history.Requests.Count} steps of {DurationArgument.Format(history.Requests.Step)} up to {PlanText.IsoTime(history.Requests.End)}, {history.Quality.MissingSteps} unknown; {calendar.Campaigns.Count} events on the calendar");
        string fingerprint = NightlyFingerprint.Of(configuration, service, history);
        var memory = new NightlyMemory(configuration.Output, service.Name);
        IReadOnlyList<NightlyOutcome> nights = memory.Nights();
        if (!isDryRun && nights.FirstOrDefault(n => n.Fingerprint == fingerprint) is { } done)
        {
            stages.Done("recalled", $"the night of {PlanText.IsoTime(done.Origin)} is done: the same inputs, settings and version");
            return done with { IsReadBack = true };
        }

        NightlyOutcome? before = nights.LastOrDefault(n => n.Origin < history.Requests.End);
        ForecastScore[] scores = [.. memory.ForecastsBefore(history.Requests.End).Where(r => r.Step.Ticks % history.Requests.Step.Ticks == 0).Select(r => ForecastScore.Of(r, history, calendar))];
        DriftReport drift = new DriftMonitor().Examine(scores);
        CapacityModelState? lastModel = drift.Status == DriftStatus.Retrain ? null : memory.LastModel();
        stages.Done("scored", $"{scores.Length} stored forecasts against what came: {drift.Status.ToString().ToLowerInvariant()}{(double.IsFinite(drift.LossToExpected) ? FormattableString.Invariant($", pinball loss {drift.LossToExpected:0.00} of the expected") : "")}");
        CapacityModel model = Learn(service, history, calendar, lastModel, cancellationToken);
        stages.Done("learned", $"{(model.JudgedAt == history.Requests.End ? "judged all models" : FormattableString.Invariant($"kept the model judged at {PlanText.IsoTime(model.JudgedAt)}"))}: {model.Forecaster.Name}");
        CapacityPlan plan = model.Recommend(system, cancellationToken: cancellationToken);
        stages.Done("planned", $"peak {PlanText.Rate(plan.Demand.RequestsPerSecond)} requests/s at {PlanText.IsoTime(plan.Demand.At)} ({plan.Demand.Cause}); {PlanJson.Word(plan.Connections.Verdict)}, max_connections {plan.System.Database.MaxConnections} → {plan.Connections.MaxConnections}");
        plan = WithFindings(plan.With(model.Outlook(plan, cancellationToken)), drift.Findings);
        stages.Done("looked beyond", $"what each setting carries, and {plan.Outlook?.Scenarios.Count ?? 0} scenarios");
        NightlyOutcome outcome = Outcome(service, plan, fingerprint, drift, scores) with { Model = model.Forecaster.Name, JudgedAt = model.JudgedAt };
        outcome = outcome with { Changes = [.. Changes(before, outcome)] };
        if (!isDryRun)
        {
            if (!configuration.Shadow)
            {
                Write(service, plan, cancellationToken);
            }

            memory.Keep(outcome, ForecastRecord.Of(plan.Forecast, calendar, series: service.Name), model.State());
            stages.Done("wrote", $"{(configuration.Shadow ? "the record alone (shadow)" : "plan, report, configuration and the record")}");
        }

        return outcome;
    }

    /// <summary>Refits from the last night's model, unless its choice is a week old.</summary>
    private CapacityModel Learn(NightlyService service, RequestHistory history, CampaignCalendar calendar, CapacityModelState? lastModel, CancellationToken cancellationToken)
    {
        TimeSpan own = history.Requests.Step;
        var planner = new CapacityPlanner(new CapacityPlannerOptions
        {
            Horizon = configuration.Horizon,
            Step = service.Step ?? (own < FinestStep && FinestStep.Ticks % own.Ticks == 0 ? FinestStep : null),
            Model = service.Model,
            TimeZone = service.TimeZone,
            Seed = configuration.Seed,

            // Services are planned side by side, each with its part of the processors; a plan does not depend on the number of threads.
            MaxDegreeOfParallelism = Math.Max(1, Environment.ProcessorCount / Math.Clamp(configuration.Services.Count, 1, configuration.Parallelism)),
        });
        return lastModel is null || history.Requests.End - lastModel.JudgedAt >= Rejudged
            ? planner.Fit(history, calendar, cancellationToken: cancellationToken)
            : planner.Refit(history, calendar, lastModel, cancellationToken: cancellationToken);
    }

    private void Write(NightlyService service, CapacityPlan plan, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(configuration.Output, service.Name);
        string settings = Path.Combine(folder, "config");
        using var outputs = new OutputTransaction(Stream.Null);
        outputs.AddDirectory(settings);
        outputs.Add(Path.Combine(folder, "plan.json")).Write(stream => PlanJson.Write(stream, plan));
        outputs.Add(Path.Combine(folder, "plan.html")).WriteText(writer => HtmlReport.Write(writer, plan, new PlanCharts()));
        foreach (ConfigurationFile file in ConfigurationWriter.Write(plan, service.Monitoring))
        {
            outputs.Add(Path.Combine(settings, file.Name)).WriteText(writer => writer.Write(file.Content));
        }

        cancellationToken.ThrowIfCancellationRequested();
        outputs.Commit();
    }

    private static NightlyOutcome Outcome(NightlyService service, CapacityPlan plan, string fingerprint, DriftReport drift, ForecastScore[] scores) => new()
    {
        Service = service.Name,
        Fingerprint = fingerprint,
        Origin = plan.Forecast.Start,
        Verdict = PlanJson.Word(plan.Connections.Verdict),
        Headline = PlanSummary.Of(plan).Headline,
        CurrentSettingsSurvive = plan.Connections.CurrentSettingsSurvive,
        CurrentMaxConnections = plan.System.Database.MaxConnections,
        MaxConnections = plan.Connections.MaxConnections,
        MaxPoolSizes = plan.Connections.Services.ToDictionary(s => s.Name, s => s.MaxPoolSize, StringComparer.Ordinal),
        DemandRequestsPerSecond = plan.Demand.RequestsPerSecond,
        DemandStepRequestsPerSecond = plan.Demand.StepRequestsPerSecond,
        PeakAt = plan.Demand.At,
        Cause = plan.Demand.Cause,
        PeakQuantiles = ForecastRecord.DefaultQuantiles.ToDictionary(PlanText.QuantileName, plan.Peaks[0].Quantile, StringComparer.Ordinal),
        Drift = drift.Status.ToString().ToLowerInvariant(),
        LossToExpected = double.IsFinite(drift.LossToExpected) ? drift.LossToExpected : null,
        LastDay = LastDay(scores),
        Critical = [.. plan.Findings.Where(f => f.Severity == FindingSeverity.Critical).Select(f => f.Message)],
    };

    /// <summary>The latest whole day that a stored forecast spoke of and that is over.</summary>
    private static PastPeak? LastDay(ForecastScore[] scores)
    {
        PeakScore? last = scores.SelectMany(s => s.Peaks).Where(p => p.Window.Kind == "day" && p.IsWhole).MaxBy(p => p.Window.StartsAt);
        if (last is null)
        {
            return null;
        }

        ReadOnlySpan<double> quantiles = scores.First(s => s.Peaks.Contains(last)).Record.Quantiles;
        return new PastPeak(last.Window.StartsAt, last.ActualRequestsPerSecond, last.Record.RequestsPerSecond[quantiles.IndexOf(0.5)], last.Record.RequestsPerSecond[quantiles.IndexOf(0.95)]);
    }

    private static IEnumerable<string> Changes(NightlyOutcome? before, NightlyOutcome now)
    {
        if (before is null)
        {
            yield break;
        }

        if (before.Verdict != now.Verdict)
        {
            yield return $"verdict: {before.Verdict} → {now.Verdict}";
        }

        if (before.MaxConnections != now.MaxConnections)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"planned max_connections: {before.MaxConnections} → {now.MaxConnections}");
        }

        foreach ((string name, int size) in now.MaxPoolSizes)
        {
            if (before.MaxPoolSizes.TryGetValue(name, out int old) && old != size)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"planned pool of {name}: {old} → {size}");
            }
        }

        if (before.Cause != now.Cause)
        {
            yield return $"cause of the peak: {before.Cause} → {now.Cause}";
        }
    }

    private static CapacityPlan WithFindings(CapacityPlan plan, IReadOnlyList<Finding> findings) => findings.Count == 0 ? plan : plan.With([.. plan.Findings.Concat(findings).OrderByDescending(f => f.Severity)]);
}
