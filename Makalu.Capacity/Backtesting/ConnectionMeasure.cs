using Makalu.Capacity.Peaks;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Backtesting;

/// <summary>
/// Capacity as <c>max_connections</c>. Pools are sized by the closed form, not by the simulation, which is too slow for every night and
/// every quantile; docs/sizing.md has what the two differ by.
/// </summary>
/// <remarks>
/// A plan provides the connections that its peak needs, with the target's headroom, rounded as a recommendation is. A rate needs the
/// connections with which the wait target holds, without headroom. How bursty the peak is comes from what was known at the origin for the plan,
/// and from the whole history for the need.
/// </remarks>
internal sealed class ConnectionMeasure : ICapacityMeasure
{
    /// <summary>The rates at which the need is computed; between them it is interpolated.</summary>
    private const int CurvePoints = 48;

    private readonly SystemDescription _system;
    private readonly ConnectionBudget _budget;
    private readonly int _seed;
    private readonly double[] _rates;
    private readonly double[] _needs;
    private readonly double _servableUpTo;
    private readonly CancellationToken _cancellation;

    private ConnectionMeasure(SystemDescription system, RequestHistory history, int seed, CancellationToken cancellation)
    {
        _system = system;
        _budget = new ConnectionBudget(system);
        _seed = seed;
        _cancellation = cancellation;
        double highest = Highest(history);
        _rates = [.. Enumerable.Range(0, CurvePoints).Select(i => highest * Math.Pow(1000, ((double)i / (CurvePoints - 1)) - 1))];
        _needs = new double[CurvePoints];
        _servableUpTo = double.PositiveInfinity;
        TimeSpan step = history.Requests.Step;
        double withinPools = double.PositiveInfinity;
        for (int i = 0; i < CurvePoints; i++)
        {
            Need need = NeedOf(Demand(history, _rates[i], step));
            _needs[i] = Math.Max(_budget.Need(need.Connections), i > 0 ? _needs[i - 1] : 0);
            _servableUpTo = need.Servable || double.IsFinite(_servableUpTo) ? _servableUpTo : _rates[Math.Max(0, i - 1)];
            withinPools = need.FitsPools || double.IsFinite(withinPools) ? withinPools : i > 0 ? _needs[i - 1] : 0;
        }

        CapacityNow = Math.Min(system.Database.MaxConnections, withinPools);
    }

    public CapacityUnit Unit => CapacityUnit.Connections;

    /// <summary><c>max_connections</c>, or what is needed at the rate at which the first service's pool is too small, if that is less.</summary>
    public double? CapacityNow { get; }

    /// <summary>Measures in connections of a system.</summary>
    /// <param name="system">The system.</param>
    /// <param name="history">What came, at the step of the replay.</param>
    /// <param name="seed">The seed of the burst factors.</param>
    /// <param name="cancellation">Cancels the work.</param>
    public static ConnectionMeasure Of(SystemDescription system, RequestHistory history, int seed, CancellationToken cancellation) => new(system, history, seed, cancellation);

    public ProvidedCapacity[] CapacitiesFor(RequestHistory known, PeakForecast peak, TimeSpan step, double[] quantiles)
        => Array.ConvertAll(quantiles, q => Provided(PeakDemandEstimator.Estimate(known, peak, step, q, _seed)));

    public ProvidedCapacity CapacityFor(RequestHistory known, double requestsPerSecond, TimeSpan step) => Provided(Demand(known, requestsPerSecond, step));

    public double Demand(double requestsPerSecond)
    {
        if (requestsPerSecond <= _rates[0])
        {
            return _needs[0];
        }

        int above = Array.BinarySearch(_rates, requestsPerSecond);
        above = above < 0 ? ~above : above;
        if (above >= _rates.Length)
        {
            return _needs[^1];
        }

        double part = (requestsPerSecond - _rates[above - 1]) / (_rates[above] - _rates[above - 1]);
        return _needs[above - 1] + (part * (_needs[above] - _needs[above - 1]));
    }

    public bool IsServable(double requestsPerSecond) => requestsPerSecond <= _servableUpTo;

    private ProvidedCapacity Provided(PeakDemand demand)
    {
        int connections = NeedOf(demand).Connections;
        return new ProvidedCapacity(_budget.WithHeadroom(connections), _budget.Need(connections));
    }

    private PeakDemand Demand(RequestHistory history, double rate, TimeSpan step)
    {
        var window = new PeakWindow { Name = "step", Kind = "step", StartsAt = history.Requests.End, EndsAt = history.Requests.End + step };
        return PeakDemandEstimator.Estimate(history, new PeakForecast(window, [rate], window.StartsAt, PeakForecast.BaselineCause), step, quantile: 0.5, _seed);
    }

    private Need NeedOf(PeakDemand demand)
    {
        SystemLoad load = SystemLoad.Of(_system, PeakArrivals.Of(demand, []));
        FlowEquivalentServer? server = load.Server(_system.Database.CpuCores);
        if (_system.Pooler is { } pooler)
        {
            PoolerSet set = PoolerSet.Size(load, server, pooler.Replicas, pooler.Mode, PoolSizer.ByClosedForm, _cancellation);
            return new Need(set.Plan.Connections, set.Servable, FitsPools: pooler.PoolSize is not { } size || set.Plan.PoolSize <= size);
        }

        PoolSet pools = PoolSet.Size(load, server, _system.Target.WaitProbability, PoolSizer.ByClosedForm, cancellation: _cancellation);
        bool fits = _system.Services.Select((service, i) => service.MaxPoolSize is not { } size || pools.Sizes[i].Connections <= size).All(f => f);
        return new Need(pools.Connections, pools.Servable, fits);
    }

    private static double Highest(RequestHistory history)
    {
        double highest = 1e-3;
        foreach (double rate in history.RequestsPerSecond.Values)
        {
            highest = rate > highest ? rate : highest;
        }

        return highest;
    }

    private readonly record struct Need(int Connections, bool Servable, bool FitsPools);
}
