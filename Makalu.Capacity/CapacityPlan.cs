using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity;

/// <summary>A capacity plan: the forecast, its peaks, the settings that survive them, and why.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
[TypeFormatterSource(TypeFormatterSourceAttribute.Notebook)]
public sealed class CapacityPlan
{
    /// <summary>The history that the plan was made from, cut at the origin.</summary>
    public required RequestHistory History { get; init; }

    /// <summary>The calendar.</summary>
    public required CampaignCalendar Calendar { get; init; }

    /// <summary>The system as it is set now.</summary>
    public required SystemDescription System { get; init; }

    /// <summary>The forecast.</summary>
    public required Forecast Forecast { get; init; }

    /// <summary>The peaks of the horizon, of each UTC day, and of each campaign window, in that order.</summary>
    public required IReadOnlyList<PeakForecast> Peaks { get; init; }

    /// <summary>
    /// The busiest second of each of <see cref="Peaks"/>, in requests per second, at the quantile of <see cref="Demand"/>: the step
    /// average raised by the burst factor. Empty where the history does not know its busiest seconds.
    /// </summary>
    public IReadOnlyList<double> BusiestSecondsRequestsPerSecond { get; init; } = [];

    /// <summary>The demand that was sized for.</summary>
    public required PeakDemand Demand { get; init; }

    /// <summary>The settings.</summary>
    public required ConnectionPlan Connections { get; init; }

    /// <summary>How the candidates did on the history; null where the history is too short to tell.</summary>
    public BacktestReport? Backtest { get; init; }

    /// <summary>All findings, of history, forecast and sizing; what to do first first.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>What was assumed, one sentence each.</summary>
    public required IReadOnlyList<string> Assumptions { get; init; }

    /// <summary>How far the plan reaches; null where it was not examined: <see cref="CapacityPlanner.Recommend"/> does, <see cref="CapacityModel.Recommend(SystemDescription, CapacityScenario?, CancellationToken)"/> does not, and <see cref="With(PlanOutlook)"/> adds it.</summary>
    public PlanOutlook? Outlook { get; init; }

    /// <summary>The same plan with other findings.</summary>
    internal CapacityPlan With(IReadOnlyList<Finding> findings) => With(findings, Outlook);

    /// <summary>The same plan with an outlook.</summary>
    /// <summary>The same plan with how far it reaches, for the report, <c>plan.json</c> and the alert rules to tell.</summary>
    /// <param name="outlook">What <see cref="CapacityModel.Outlook"/> gave for this plan.</param>
    /// <returns>A plan that differs from this one in <see cref="Outlook"/> alone.</returns>
    public CapacityPlan With(PlanOutlook outlook)
    {
        ArgumentNullException.ThrowIfNull(outlook);
        return With(Findings, outlook);
    }

    private CapacityPlan With(IReadOnlyList<Finding> findings, PlanOutlook? outlook) => new()
    {
        History = History,
        Calendar = Calendar,
        System = System,
        Forecast = Forecast,
        Peaks = Peaks,
        BusiestSecondsRequestsPerSecond = BusiestSecondsRequestsPerSecond,
        Demand = Demand,
        Connections = Connections,
        Backtest = Backtest,
        Findings = findings,
        Assumptions = Assumptions,
        Outlook = outlook,
    };
}
