using Makalu.Capacity.Peaks;

namespace Makalu.Capacity.Sizing;

/// <summary>All that the findings are written from.</summary>
internal sealed record PlanSubject(SystemDescription System, PeakDemand Demand, SystemLoad Load, PlanDecision Decision, ConnectionBudget Budget)
{
    public DatabaseDescription Database => System.Database;

    public double WaitSeconds => System.Target.MaxWait.TotalSeconds;

    /// <summary>The peak in words: rate, quantile, time, cause.</summary>
    public string Peak => Invariant($"the peak of {Load.Requests.Rate:#,0.#} requests/s ({Demand.Quantile:0.## %} quantile) at {Demand.At:yyyy-MM-dd HH:mm} UTC, {CauseInWords},");

    public string CauseInWords => Demand.Cause == PeakForecast.BaselineCause ? "from everyday traffic" : $"caused by {Demand.Cause}";

    /// <summary>Connections that the pools as they are now can open at once, surge included; null where a pool is unknown.</summary>
    public int? CurrentlyPossible => System.PossibleConnections;

    /// <summary>The service connections that the plan itself opens at the most.</summary>
    public int PlannedConnections => Decision.Pooler?.Plan.Connections
        ?? System.Services.Select((service, i) => service.AllPools * Decision.MaxPoolSizes[i]).Sum();

    /// <summary>The service connections that serve the peak in the way that services connect now.</summary>
    public int NeededConnections => System.Pooler is not null && Decision.Pooler is { } pooler ? pooler.Plan.Connections : Decision.Pools.Connections;

    /// <summary>The pools that serve the peak in the way that services connect now.</summary>
    public PoolSet NeededPools => System.Pooler is not null && Decision.Pooler is { } pooler ? pooler.Clients : Decision.Pools;

    public Evidence Evidence() => new Evidence()
        .Add("requestsPerSecond", Math.Round(Load.Requests.Rate, 3))
        .Add("quantile", Demand.Quantile)
        .Add("at", Demand.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", global::System.Globalization.CultureInfo.InvariantCulture))
        .Add("cause", Demand.Cause);

    public static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
