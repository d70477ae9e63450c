using System.Text;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Service.Pages;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Service.Models;

/// <summary>All that is kept of a plan: its answers, ready to be sent, and the numbers that metrics tell. The sample paths, which are large, are not.</summary>
internal sealed class ComputedPlan
{
    private static readonly double[] Quantiles = [0.5, 0.9, 0.95, 0.99];

    private ComputedPlan(CapacityPlan plan, double[][] quantiles)
    {
        Plan = Answer.Json(Encoding.UTF8.GetBytes(PlanJson.ToJson(plan)));
        Forecast = Answer.Json(ForecastJson.Write(plan.Forecast, plan.Peaks, Quantiles, quantiles));
        Outline = PlanOutline.Of(plan);
        Page = PlanPage.Render(plan);
        Start = plan.Forecast.Start;
        Step = plan.Forecast.Step;
        QuantileRates = [.. quantiles.Select(q => Array.ConvertAll(q, v => (float)v))];
        Planned = [.. plan.Forecast.CampaignEffects.Where(e => e.Campaign.StartsAt >= plan.Forecast.Start).Select(e => e.Campaign.Name).Distinct(StringComparer.Ordinal)];
        PeakRates = [.. Quantiles.Select(plan.Peaks[0].Quantile)];
        CurrentMaxConnections = plan.System.Database.MaxConnections;
        CurrentPoolSizes = [.. plan.System.Services.Select(s => s.MaxPoolSize)];
        Model = plan.Forecast.Model;
    }

    /// <summary>The quantiles of <see cref="QuantileRates"/> and <see cref="PeakRates"/>.</summary>
    public static ReadOnlySpan<double> QuantileLevels => Quantiles;

    public Answer Plan { get; }

    public Answer Forecast { get; }

    public PlanOutline Outline { get; }

    /// <summary>The plan's part of its page.</summary>
    public PlanPage Page { get; }

    public DateTimeOffset Start { get; }

    public TimeSpan Step { get; }

    public string Model { get; }

    /// <summary>For each quantile a rate per step, in requests per second.</summary>
    public IReadOnlyList<float[]> QuantileRates { get; }

    /// <summary>For each quantile the horizon's peak, in requests per second.</summary>
    public IReadOnlyList<double> PeakRates { get; }

    /// <summary>The campaigns still to come within the horizon, by name: those that can be supposed larger.</summary>
    public IReadOnlyList<string> Planned { get; }

    public int CurrentMaxConnections { get; }

    public IReadOnlyList<int?> CurrentPoolSizes { get; }

    public static ComputedPlan Of(CapacityModel model, SystemDescription system, CancellationToken cancellationToken)
    {
        CapacityPlan plan = model.Recommend(system, cancellationToken: cancellationToken);
        return new ComputedPlan(plan, plan.Forecast.Quantiles(Quantiles));
    }
}
