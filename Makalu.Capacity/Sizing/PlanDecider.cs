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
        return decision.Verdict == Verdict.Scale ? decision with { CpuCoresRequired = CoresRequired() } : decision with { CpuCoresRequired = CoresForUtilisation() };
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
        bool saturated = cores is { } known && _load.ProcessorTimeKnown && _load.ProcessorLoad > known * target.MaxCpuUtilisation;
        var decision = new PlanDecision
        {
            Verdict = Verdict.Keep,
            MaxConnections = System.Database.MaxConnections,
            Pools = pools,
            MaxPoolSizes = [.. pools.Sizes.Select(size => size.Connections)],
            DirectNeed = _budget.WithHeadroom(direct),
            Knee = knee,
            ConcurrencyLimit = concurrencyLimit,
            Obstacles = obstacles,
        };

        if (saturated || !pools.Servable)
        {
            obstacles.Add("cpu");
            PoolerSet? present = System.Pooler is { } placed ? PoolerSet.Size(_load, server, placed.Replicas, placed.Mode, PoolSizer.ByClosedForm, _cancellation) : null;
            return Capped(decision with { Verdict = Verdict.Scale }, present);
        }

        if (System.Pooler is { } pooler)
            return WithPooler(decision, pooler.Replicas, pooler.Mode, server, sizing, obstacles, pooler);

        obstacles.AddRange(Misfits(direct, concurrencyLimit));
        if (obstacles.Count == 0)
        {
            int required = RoundedWithinLimit(direct);
            Verdict verdict = required > System.Database.MaxConnections ? Verdict.Raise
                : System.Database.MaxConnections > _budget.Limit ? Verdict.Lower
                : Verdict.Keep;
            return decision with { Verdict = verdict, MaxConnections = verdict == Verdict.Raise ? required : Math.Min(System.Database.MaxConnections, Lowered(required)) };
        }

        return _budget.IsPostgreSql
            ? WithPooler(decision, AdvisedPoolerReplicas, "transaction", server, sizing, obstacles, current: null)
            : Capped(decision with { Verdict = Verdict.Scale }, pooler: null);
    }

    private PlanDecision WithPooler(PlanDecision decision, int replicas, string mode, FlowEquivalentServer? server, PoolSizing sizing, List<string> obstacles, PoolerDescription? current)
    {
        PoolerSet pooler = PoolerSet.Size(_load, server, replicas, mode, sizing, _cancellation);
        string[] misfits = pooler.Servable ? [.. Misfits(pooler.Plan.Connections, decision.ConcurrencyLimit)] : ["cpu"];
        if (misfits.Length > 0)
        {
            obstacles.AddRange(misfits.Except(obstacles));
            return Capped(decision with { Verdict = Verdict.Scale }, current is null ? null : pooler);
        }

        int required = RoundedWithinLimit(pooler.Plan.Connections);
        int now = System.Database.MaxConnections;
        Verdict verdict = current is null ? Verdict.Pool
            : required > now ? Verdict.Raise
            : current.PoolSize is { } size && size < pooler.Plan.PoolSize ? Verdict.Pool
            : now > _budget.Limit ? Verdict.Lower
            : Verdict.Keep;
        return decision with
        {
            Verdict = verdict,
            MaxConnections = required > now ? required : Math.Min(now, Lowered(required)),
            Pooler = pooler,
            MaxPoolSizes = [.. pooler.Clients.Sizes.Select(size => size.Connections)],
        };
    }

    /// <summary>What a number of service connections breaks: memory, the provider's cap, the knee.</summary>
    private IEnumerable<string> Misfits(int connections, int? concurrencyLimit)
    {
        int need = _budget.NeedWithHeadroom(connections);
        if (need > _budget.MemoryLimit)
            yield return "memory";

        if (need > System.Database.ManagedMaxConnections)
            yield return "managed-cap";

        if (connections > concurrencyLimit)
            yield return "knee";
    }

    /// <summary>What memory and provider allow, rounded down: a decrease goes no further than its evidence.</summary>
    private int Lowered(int required) => _budget.Limit == int.MaxValue ? int.MaxValue : Math.Max(required, ConnectionBudget.RoundDown(_budget.Limit));

    private int RoundedWithinLimit(int connections) => Math.Min(_budget.WithHeadroom(connections), _budget.Limit);

    /// <summary>Pools that neither overrun the database nor its limit, for as long as it has not been scaled.</summary>
    private PlanDecision Capped(PlanDecision decision, PoolerSet? pooler)
    {
        int maxConnections = Math.Min(System.Database.MaxConnections, Math.Max(1, _budget.Limit));
        int allowed = Math.Min(_budget.Usable(maxConnections), decision.ConcurrencyLimit ?? int.MaxValue);
        if (pooler is not null)
        {
            return decision with
            {
                MaxConnections = maxConnections,
                Pooler = pooler.CappedTo(allowed),
                MaxPoolSizes = [.. pooler.Clients.Sizes.Select(size => size.Connections)],
                MemoryBytesRequired = decision.Obstacles.Contains("memory") ? MemoryRequired(pooler.Plan.Connections) : null,
            };
        }

        double factor = Math.Min(1, (double)allowed / Math.Max(1, decision.Pools.Connections));
        return decision with
        {
            MaxConnections = maxConnections,
            MaxPoolSizes = [.. decision.Pools.Sizes.Select(size => Math.Max(1, (int)(size.Connections * factor)))],
            MemoryBytesRequired = decision.Obstacles.Contains("memory") ? MemoryRequired(decision.Pools.Connections) : null,
        };
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
