namespace Makalu.Capacity.Sizing;

/// <summary>Decides between keeping, raising, lowering, pooling and scaling.</summary>
internal sealed class PlanDecider
{
    /// <summary>Poolers that are advised where none runs: two, so that one may be lost.</summary>
    public const int AdvisedPoolerReplicas = 2;

    private readonly SystemLoad _load;
    private readonly ConnectionBudget _budget;
    private readonly PoolSizing _sizing;
    private readonly CancellationToken _cancellation;

    public PlanDecider(SystemLoad load, PoolSizing sizing, CancellationToken cancellation)
    {
        _load = load;
        _budget = new ConnectionBudget(load.System);
        _sizing = sizing;
        _cancellation = cancellation;
    }

    private SystemDescription System => _load.System;

    public PlanDecision Decide()
    {
        PlanDecision decision = DecideFor(System.Database.CpuCores, _sizing);
        if (decision.Verdict != Verdict.Scale)
            return decision with { CpuCoresRequired = CoresForUtilisation() };

        // Cores do not help against a shortage of memory or a provider's cap.
        if (!decision.Obstacles.Contains("cpu") && !decision.Obstacles.Contains("knee"))
            return decision with { CpuCoresRequired = CoresForUtilisation() };

        double? cores = CoresRequired();
        PlanDecision? scaled = null;
        for (int more = 0; cores is not null && more < 8; more++)
        {
            // The cores were found with the closed form; the simulation may ask for one more.
            scaled = DecideFor(cores + more, _sizing);
            if (scaled.Verdict != Verdict.Scale)
                return decision with { CpuCoresRequired = cores + more, AfterScaling = scaled };
        }

        return decision with { CpuCoresRequired = cores };
    }

    private PlanDecision DecideFor(double? cores, PoolSizing sizing)
    {
        ServiceTarget target = System.Target;
        FlowEquivalentServer? server = _load.Server(cores);
        int? knee = server?.Knee();
        int? concurrencyLimit = server?.ConcurrencyLimit();
        PoolSet pools = PoolSet.Size(_load, server, target.WaitProbability, sizing, cancellation: _cancellation);
        int direct = pools.Connections;
        var obstacles = new List<string>();
        bool saturated = (cores is { } known && _load.ProcessorTimeKnown && _load.ProcessorLoad > known * target.MaxCpuUtilisation) || server?.LargestThroughput() <= _load.ConnectionsPerSecond;
        var decision = new PlanDecision
        {
            Verdict = Verdict.Keep,
            MaxConnections = System.Database.MaxConnections,
            Pools = pools,
            MaxPoolSizes = [.. pools.Sizes.Select(size => size.Connections)],
            Holds = pools.Holds,
            DirectNeed = _budget.WithHeadroom(direct),
            Knee = knee,
            ConcurrencyLimit = concurrencyLimit,
            Obstacles = obstacles,
        };

        if (saturated)
        {
            obstacles.Add("cpu");
            PoolerSet? present = System.Pooler is { } placed ? PoolerSet.Size(_load, server, placed.Replicas, placed.Mode, PoolSizer.ByClosedForm, _cancellation) : null;
            return Capped(decision with { Verdict = Verdict.Scale }, server, present);
        }

        if (System.Pooler is { } pooler)
            return WithPooler(decision, pooler.Replicas, pooler.Mode, server, sizing, obstacles, pooler);

        // Direct pools that drive the server past its knee until it falls behind are an obstacle to direct pools, not to the peak.
        obstacles.AddRange(pools.Servable ? Misfits(_budget.NeedWithHeadroom(direct), pools.SteadyConnections, concurrencyLimit) : ["knee"]);
        if (obstacles.Count == 0)
            return Direct(decision, direct);

        return WithPooler(decision, AdvisedPoolerReplicas, "transaction", server, sizing, obstacles, current: null);
    }

    private PlanDecision Direct(PlanDecision decision, int connections)
    {
        int required = RoundedWithinLimit(connections);
        int now = System.Database.MaxConnections;
        Verdict verdict = required > now ? Verdict.Raise : now > _budget.Limit ? Verdict.Lower : Verdict.Keep;
        return decision with { Verdict = verdict, MaxConnections = Limited(required) };
    }

    /// <summary>max_connections for what is required: raised to it, lowered only where memory or provider do not carry what is set now.</summary>
    private int Limited(int required)
    {
        int now = System.Database.MaxConnections;
        return required > now ? required : now > _budget.Limit ? Math.Min(now, Lowered(required)) : now;
    }

    private PlanDecision WithPooler(PlanDecision decision, int replicas, string mode, FlowEquivalentServer? server, PoolSizing sizing, List<string> obstacles, PoolerDescription? current)
    {
        PoolerSet pooler = PoolerSet.Size(_load, server, replicas, mode, sizing, _cancellation);

        // The last resort may use up the headroom; a finding says so.
        string[] misfits = pooler.Servable ? [.. Misfits(_budget.Need(pooler.Plan.Connections), pooler.Plan.Connections, decision.ConcurrencyLimit)] : ["cpu"];
        if (misfits.Length > 0)
        {
            obstacles.AddRange(misfits.Except(obstacles));

            // Until the server grows a pooler still is the best that can be had where only memory or the provider's cap falls short of it, and not of the load itself.
            bool serves = misfits.All(misfit => misfit is "memory" or "managed-cap") && _budget.Usable(_budget.Limit) > _load.OfferedLoad;
            return Capped(decision with { Verdict = Verdict.Scale }, server, current is not null || serves ? pooler : null);
        }

        // A pool is not made smaller without a reason: what is there serves at least as well.
        bool tooSmall = current?.PoolSize is { } size && size < pooler.Plan.PoolSize;
        if (current is not null && pooler.AtLeast(current) is var kept && !Misfits(_budget.NeedWithHeadroom(kept.Plan.Connections), kept.Plan.Connections, decision.ConcurrencyLimit).Any()
            && RoundedWithinLimit(kept.Plan.Connections) <= Math.Max(System.Database.MaxConnections, RoundedWithinLimit(pooler.Plan.Connections)))
        {
            pooler = kept;
        }

        int required = RoundedWithinLimit(pooler.Plan.Connections);
        int now = System.Database.MaxConnections;
        Verdict verdict = current is null ? Verdict.Pool
            : required > now ? Verdict.Raise
            : tooSmall ? Verdict.Pool
            : now > _budget.Limit ? Verdict.Lower
            : Verdict.Keep;
        return decision with
        {
            Verdict = verdict,
            MaxConnections = Limited(required),
            Pooler = pooler,
            MaxPoolSizes = [.. pooler.Clients.Sizes.Select(size => size.Connections)],
            Holds = pooler.Clients.Holds,
        };
    }

    /// <summary>What a need for connections breaks: memory, the provider's cap, the knee.</summary>
    private IEnumerable<string> Misfits(int need, int steadyConnections, int? concurrencyLimit)
    {
        if (need > _budget.MemoryLimit)
            yield return "memory";

        if (need > System.Database.ManagedMaxConnections)
            yield return "managed-cap";

        if (steadyConnections > concurrencyLimit)
            yield return "knee";
    }

    /// <summary>What memory and provider allow, rounded down: a decrease goes no further than its evidence.</summary>
    private int Lowered(int required) => _budget.Limit == int.MaxValue ? int.MaxValue : Math.Max(required, ConnectionBudget.RoundDown(_budget.Limit));

    /// <summary>The need with headroom, rounded up; where memory or provider allow less, what they allow, rounded down if the need still fits.</summary>
    private int RoundedWithinLimit(int connections)
    {
        int rounded = _budget.WithHeadroom(connections);
        if (rounded <= _budget.Limit)
            return rounded;

        int below = ConnectionBudget.RoundDown(_budget.Limit);
        return below >= _budget.Need(connections) ? below : _budget.Limit;
    }

    /// <summary>Pools with which the server does what it can for as long as it has not been scaled, and no more.</summary>
    private PlanDecision Capped(PlanDecision decision, FlowEquivalentServer? server, PoolerSet? pooler)
    {
        // What is set now stays: pools that fit protect the memory, and a lower limit would serve nobody.
        int now = Math.Min(System.Database.MaxConnections, System.Database.ManagedMaxConnections ?? int.MaxValue);
        int allowed = Math.Max(1, MostConnections(server, Math.Min(now, _budget.Limit)));
        decision = decision with { MemoryBytesRequired = decision.Obstacles.Contains("memory") ? MemoryRequired(pooler?.Plan.Connections ?? decision.Pools.Connections) : null };
        if (pooler is not null)
        {
            PoolerSet capped = pooler.CappedTo(allowed);
            return decision with
            {
                MaxConnections = HoldingAtLeast(now, capped.Plan.Connections),
                Pooler = capped,
                MaxPoolSizes = [.. pooler.Clients.Sizes.Select(size => size.Connections)],
                Holds = pooler.Clients.Holds,
            };
        }

        double factor = Math.Min(1, (double)allowed / Math.Max(1, decision.Pools.SteadyConnections));
        int[] sizes = [.. decision.Pools.Sizes.Select(size => Math.Max(1, (int)(size.Connections * factor)))];
        int steady = System.Services.Select((service, i) => service.SteadyPools * sizes[i]).Sum();
        int all = System.Services.Select((service, i) => service.AllPools * sizes[i]).Sum();
        double stretch = server is null ? 1 : ProcessorStretch.Of(_load, server, steady);
        return decision with
        {
            MaxConnections = HoldingAtLeast(now, all),
            MaxPoolSizes = sizes,
            Holds = PoolSet.HoldsAt(_load, double.IsFinite(stretch) ? stretch : 1),
        };
    }

    private int HoldingAtLeast(int now, int connections) => _budget.Need(connections) <= now ? now : Math.Max(now, RoundedWithinLimit(connections));

    /// <summary>
    /// The connections with which the server is at its best: those it has now where they keep it busy, else up to the knee, and never
    /// more than memory and provider allow with headroom.
    /// </summary>
    private int MostConnections(FlowEquivalentServer? server, int maxConnectionsNow)
    {
        int usableNow = _budget.Usable(maxConnectionsNow);
        int bearable = _budget.Limit == int.MaxValue ? int.MaxValue : (int)((_budget.Limit - _budget.Reserves) / (1 + System.Target.Headroom)) - System.Database.OtherConnections;
        if (server is null)
            return Math.Max(usableNow, bearable == int.MaxValue ? 0 : bearable);

        int best = server.Knee() ?? server.SaturatingConcurrency();
        return usableNow < best && server.Throughput(usableNow) >= 0.95 * server.LargestThroughput()
            ? usableNow
            : Math.Min(best, Math.Max(bearable, 1));
    }

    /// <summary>The memory of which the system's share and the shared buffers leave enough for the connections.</summary>
    private long MemoryRequired(int connections)
    {
        long needed = _budget.MemoryRequired(_budget.WithHeadroom(connections));
        return Math.Max(needed + (1L << 30), (long)Math.Ceiling(needed / 0.9));
    }

    private double? CoresForUtilisation() => _load.ProcessorTimeKnown ? Math.Max(1, Math.Ceiling((_load.ProcessorLoad / System.Target.MaxCpuUtilisation) - 1e-9)) : null;

    /// <summary>The fewest whole cores with which the verdict is no longer to scale; null where cores do not help.</summary>
    private double? CoresRequired()
    {
        if (CoresForUtilisation() is not { } fewest || System.Database.CpuCores is null)
            return CoresForUtilisation();

        double below = fewest - 1;
        double above = fewest;
        while (DecideFor(above, PoolSizer.ByClosedForm).Verdict == Verdict.Scale)
        {
            below = above;
            above *= 2;
            if (above > 4096)
                return fewest;
        }

        while (above - below > 1)
        {
            double middle = Math.Floor((above + below) / 2);
            if (DecideFor(middle, PoolSizer.ByClosedForm).Verdict == Verdict.Scale)
            {
                below = middle;
            }
            else
            {
                above = middle;
            }
        }

        return above;
    }
}
