using System.Diagnostics;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Hosting;
using Makalu.Capacity.Series;
using Makalu.Capacity.Service.Hosting;
using Makalu.Capacity.Service.Requests;
using Makalu.Capacity.Service.Storage;
using Makalu.Capacity.Service.Telemetry;

namespace Makalu.Capacity.Service.Models;

/// <summary>Fits the model of one service from what is stored.</summary>
internal sealed class ModelFitter(ServiceTable services, ObservationTable observations, IssuedForecastTable issued, ModelStateTable states, CapacityPlannerFactory planners, ServiceSettings settings, TimeProvider time)
{
    private const int FewestObservations = 2;
    private long _version;

    /// <summary>Fits.</summary>
    /// <param name="name">The service.</param>
    /// <param name="previous">Its model so far, whose choice of forecaster is kept for a day; null for none.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The model; null where the service is not registered any more.</returns>
    /// <exception cref="ForecastException">What was observed cannot be forecast.</exception>
    public async Task<WarmModel?> FitAsync(string name, WarmModel? previous, CancellationToken cancellationToken)
    {
        using Activity? activity = ServiceActivity.Source.StartActivity("fit model");
        activity?.SetTag("makalu.service", name);
        if (await services.FindAsync(name, cancellationToken) is not { } row)
            return null;

        ServiceDefinition definition = ServiceDefinition.Parse(row.Definition, settings.Limits);
        RequestHistory history = await HistoryAsync(name, definition, cancellationToken);
        DateTimeOffset now = time.GetUtcNow();
        (CapacityModelState State, DateTimeOffset JudgedAt)? kept = previous is null ? await states.FindAsync(name, row.Revision, cancellationToken)
            : previous.Revision == row.Revision ? (previous.Model.State(), previous.JudgedAt)
            : null;
        CapacityPlanner planner = definition.Settings.Planner(planners);
        CapacityModel model = await Task.Run(
            () => kept is { } choice && now - choice.JudgedAt < settings.JudgeInterval
                ? planner.Refit(history, definition.Calendar, choice.State, null, cancellationToken)
                : planner.Fit(history, definition.Calendar, null, null, cancellationToken),
            cancellationToken);
        DateTimeOffset judgedAt = model.IsChoiceKept ? kept!.Value.JudgedAt : now;
        if (!model.IsChoiceKept)
            await states.PutAsync(name, row.Revision, model.State(), judgedAt, cancellationToken);
        ComputedPlan plan = await Task.Run(() => ComputedPlan.Of(model, definition.System, cancellationToken), cancellationToken);
        List<IssuedForecast> earlier = await issued.ListAsync(name, cancellationToken);
        var score = ForecastScore.Of(model.History.RequestsPerSecond, earlier);
        if (earlier.Count == 0 || plan.Start - earlier[0].Origin >= ForecastScore.Spacing)
            await issued.AddAsync(name, ForecastScore.Keep(plan), cancellationToken);
        return new WarmModel(name, row.Revision, Interlocked.Increment(ref _version), definition, model, plan, time.GetUtcNow(), judgedAt, score);
    }

    /// <summary>The observations on their steps; missing steps are unknown. Beyond the limit the oldest are dropped for good.</summary>
    private async Task<RequestHistory> HistoryAsync(string name, ServiceDefinition definition, CancellationToken cancellationToken)
    {
        List<Observation> rows = await observations.ReadAsync(name, settings.Limits.SeriesSteps, cancellationToken);
        if (rows.Count < FewestObservations)
            throw new ForecastException(FormattableString.Invariant($"{rows.Count} observations are known; at least {FewestObservations} are needed, and two weeks of them to see a weekly season twice. Push more to /v1/services/{name}/observations."));

        TimeSpan step = definition.Step;
        DateTimeOffset oldest = rows[^1].At - (step * (settings.Limits.SeriesSteps - 1));
        if (rows.Count == settings.Limits.SeriesSteps || rows[0].At < oldest)
        {
            await observations.DropBeforeAsync(name, oldest, cancellationToken);
            rows.RemoveAll(o => o.At < oldest);
        }

        var start = new DateTimeOffset(rows[0].At.Ticks / step.Ticks * step.Ticks, TimeSpan.Zero);
        int count = (int)((rows[^1].At - start) / step) + 1;
        double[] requests = Unknown(count);
        double[] peaks = Unknown(count);
        foreach (Observation row in rows)
        {
            // A step that was registered anew may be longer: shorter ones are added up into it.
            int index = (int)((row.At - start) / step);
            requests[index] = double.IsNaN(requests[index]) ? row.Requests : requests[index] + row.Requests;
            peaks[index] = double.IsNaN(peaks[index]) ? row.PeakRequestsPerSecond ?? double.NaN : Math.Max(peaks[index], row.PeakRequestsPerSecond ?? 0);
        }

        return HistoryReader.Create(name, start, step, requests, peaks);
    }

    private static double[] Unknown(int count)
    {
        var values = new double[count];
        Array.Fill(values, double.NaN);
        return values;
    }
}
