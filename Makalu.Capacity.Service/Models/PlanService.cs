using System.Text.Json;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Hosting;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Service.Requests;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Service.Models;

/// <summary>Answers the three questions, from the warm model of a registered service or from what the request itself brings.</summary>
internal sealed class PlanService(ModelKeeper keeper, AnswerCache cache, CapacityPlannerFactory planners)
{
    private static readonly JsonSerializerOptions Outlines = new(JsonSerializerDefaults.Web);

    /// <summary>The plan of a registered service: what is kept with its warm model, or with another horizon or system what is computed from it.</summary>
    public async ValueTask<Answer> RecommendAsync(string service, TimeSpan? horizon, SystemDescription? system, bool withOutlook, string bodyHash, Patience patience, CancellationToken cancellationToken)
    {
        WarmModel warm = await keeper.GetAsync(service, patience, cancellationToken);
        if (horizon is null && system is null)
        {
            return !withOutlook ? warm.Plan.Plan
                : warm.Ahead is { } ahead ? ahead.Plan
                : await cache.GetAsync(Key(warm, "outlook", ""), () => warm.LookAhead(cancellationToken).Plan, cancellationToken);
        }

        return await cache.GetAsync(
            Key(warm, "recommend", bodyHash),
            () => PlanAnswer(WithHorizon(warm, horizon), system ?? warm.Definition.System, withOutlook, cancellationToken),
            cancellationToken);
    }

    public Task<Answer> RecommendAsync(InlineQuestion question, bool withOutlook, string bodyHash, CancellationToken cancellationToken)
        => cache.GetAsync("recommend " + bodyHash, () => PlanAnswer(Fit(question, cancellationToken), question.System!, withOutlook, cancellationToken), cancellationToken);

    /// <summary>The forecast of a registered service; at the usual quantiles and its own horizon what is kept with its warm model.</summary>
    public async ValueTask<Answer> ForecastAsync(string service, TimeSpan? horizon, IReadOnlyList<double>? levels, bool asCsv, string bodyHash, Patience patience, CancellationToken cancellationToken)
    {
        WarmModel warm = await keeper.GetAsync(service, patience, cancellationToken);
        if (horizon is null && levels is null && !asCsv)
            return warm.Plan.Forecast;

        return await cache.GetAsync(
            Key(warm, asCsv ? "forecast.csv" : "forecast", bodyHash),
            () => ForecastAnswer(WithHorizon(warm, horizon), levels, asCsv, cancellationToken),
            cancellationToken);
    }

    public Task<Answer> ForecastAsync(InlineQuestion question, IReadOnlyList<double>? levels, bool asCsv, string bodyHash, CancellationToken cancellationToken)
        => cache.GetAsync((asCsv ? "forecast.csv " : "forecast ") + bodyHash, () => ForecastAnswer(Fit(question, cancellationToken), levels, asCsv, cancellationToken), cancellationToken);

    /// <summary>The plan of a registered service under a supposition, beside the plan as it is.</summary>
    public async ValueTask<Answer> WhatIfAsync(string service, Supposition supposition, Patience patience, CancellationToken cancellationToken)
    {
        WarmModel warm = await keeper.GetAsync(service, patience, cancellationToken);
        SystemDescription system = supposition.System ?? warm.Definition.System;
        return await cache.GetAsync(
            Key(warm, "what-if", supposition.Key),
            () => supposition.Alone is { } alone && warm.Plan.Planned.Contains(alone.Campaign, StringComparer.Ordinal)
                ? WhatIfAnswer(warm.Plan.Outline, warm.Model.Recommend(system, Scaling(warm, alone.Campaign, cancellationToken), alone.Scale, cancellationToken), withPlan: false)
                : WhatIfAnswer(warm.Plan.Outline, Suppose(Quick(warm), system, supposition, cancellationToken), supposition.WithPlan),
            cancellationToken);
    }

    /// <summary>The model with its sample paths, which are kept for some time after a question, for the next is about the same.</summary>
    private CapacityModel Quick(WarmModel warm)
    {
        string key = Key(warm, "sample paths", "");
        if (cache.Find<CapacityModel>(key) is { } known)
            return known;

        CapacityModel quick = warm.Model.WithWhatIfMemory(cache.LargestKept);
        if (quick.KeptBytes > 0)
            cache.Keep(key, quick, quick.KeptBytes);
        return quick;
    }

    /// <summary>What a slider needs of a campaign: kept, for it is asked again at each of its places.</summary>
    private CampaignScaling Scaling(WarmModel warm, string campaign, CancellationToken cancellationToken)
    {
        string key = Key(warm, "scaling", campaign);
        if (cache.Find<CampaignScaling>(key) is { } known)
            return known;

        CampaignScaling scaling = Quick(warm).ScalingOf(campaign, cancellationToken);
        cache.Keep(key, scaling, scaling.Bytes);
        return scaling;
    }

    public Task<Answer> WhatIfAsync(InlineQuestion question, Supposition supposition, string bodyHash, CancellationToken cancellationToken)
        => cache.GetAsync(
            "what-if " + bodyHash,
            () =>
            {
                CapacityModel model = Fit(question, cancellationToken);
                var baseline = PlanOutline.Of(model.Recommend(question.System!, cancellationToken: cancellationToken));
                return WhatIfAnswer(baseline, Suppose(model, supposition.System ?? question.System!, supposition, cancellationToken), supposition.WithPlan);
            },
            cancellationToken);

    private static CapacityPlan Suppose(CapacityModel model, SystemDescription system, Supposition supposition, CancellationToken cancellationToken)
    {
        try
        {
            return model.Recommend(system, supposition.Scenario, cancellationToken);
        }
        catch (ArgumentException exception)
        {
            throw new RequestRefusedException(Microsoft.AspNetCore.Http.StatusCodes.Status400BadRequest, "This cannot be supposed", exception.Message.Split(" (Parameter", 2)[0], [new SystemDescriptionError("$.suppose", "as sent", exception.Message.Split(" (Parameter", 2)[0], "Suppose what the model knows.")]);
        }
    }

    private static Answer WhatIfAnswer(PlanOutline baseline, CapacityPlan plan, bool withPlan)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WritePropertyName("baseline");
            JsonSerializer.Serialize(json, baseline, Outlines);
            json.WritePropertyName("supposed");
            JsonSerializer.Serialize(json, PlanOutline.Of(plan), Outlines);
            if (withPlan)
            {
                json.WritePropertyName("plan");
                json.WriteRawValue(PlanJson.ToJson(plan));
            }

            json.WriteEndObject();
        }

        return Answer.Json(stream.ToArray());
    }

    private static Answer ForecastAnswer(CapacityModel model, IReadOnlyList<double>? levels, bool asCsv, CancellationToken cancellationToken)
    {
        levels ??= ComputedPlan.QuantileLevels.ToArray();
        Forecast forecast = model.Forecast(cancellationToken: cancellationToken);
        if (!asCsv)
            return Answer.Json(ForecastJson.Write(forecast, PeakFinder.Find(forecast, model.Calendar), levels, forecast.Quantiles([.. levels])));

        using var stream = new MemoryStream();
        using (var csv = new ForecastCsvWriter(stream, levels))
            csv.Write(forecast);
        return Answer.Of(stream.ToArray(), "text/csv; charset=utf-8");
    }

    private static Answer PlanAnswer(CapacityModel model, SystemDescription system, bool withOutlook, CancellationToken cancellationToken)
    {
        CapacityPlan plan = model.Recommend(system, cancellationToken: cancellationToken);
        plan = withOutlook ? plan.With(model.Outlook(plan, cancellationToken)) : plan;
        return Answer.Json(System.Text.Encoding.UTF8.GetBytes(PlanJson.ToJson(plan)));
    }

    private CapacityModel Fit(InlineQuestion question, CancellationToken cancellationToken)
        => question.Settings.Planner(planners).Fit(question.History, question.Calendar, cancellationToken: cancellationToken);

    private static CapacityModel WithHorizon(WarmModel warm, TimeSpan? horizon) => warm.Model.WithHorizon(horizon ?? warm.Definition.Settings.Horizon);

    private static string Key(WarmModel warm, string question, string hash) => FormattableString.Invariant($"{question} {warm.Name} {warm.Version} {hash}");
}
