namespace Makalu.Capacity.Postgres;

/// <summary>Gathers what <c>pg_stat_activity</c> showed at many moments.</summary>
internal sealed class ActivityWatch
{
    private readonly Dictionary<ClientGroup, GroupUse> _groups = [];

    public int Samples { get; private set; }

    public int IdleInTransaction { get; private set; }

    public double LongestIdleSeconds { get; private set; }

    public double LongestStatementSeconds { get; private set; }

    public int WaitingForLocks { get; private set; }

    public IReadOnlyDictionary<ClientGroup, GroupUse> Groups => _groups;

    public void Add(List<ActivityRow> rows)
    {
        Samples++;
        foreach (IGrouping<ClientGroup, ActivityRow> group in rows.GroupBy(row => row.Group))
        {
            if (!_groups.TryGetValue(group.Key, out GroupUse? use))
            {
                _groups.Add(group.Key, use = new GroupUse());
            }

            use.Connections = Math.Max(use.Connections, group.Sum(row => row.Connections));
            use.LargestPool = Math.Max(use.LargestPool, group.Max(row => row.Connections));
            use.Busy += group.Sum(row => row.Busy);
            use.OnProcessor += group.Sum(row => row.OnProcessor);
            use.Addresses.UnionWith(group.Select(row => row.Address));
        }

        IdleInTransaction = Math.Max(IdleInTransaction, rows.Sum(row => row.IdleInTransaction));
        WaitingForLocks = Math.Max(WaitingForLocks, rows.Sum(row => row.WaitingForLocks));
        LongestIdleSeconds = Math.Max(LongestIdleSeconds, rows.Select(row => row.LongestIdleSeconds).DefaultIfEmpty().Max());
        LongestStatementSeconds = Math.Max(LongestStatementSeconds, rows.Select(row => row.LongestStatementSeconds).DefaultIfEmpty().Max());
    }

    /// <summary>The most connections that a choice of groups had at once, by the sum of their own maxima.</summary>
    public int Connections(Func<ClientGroup, bool> which) => _groups.Where(group => which(group.Key)).Sum(group => group.Value.Connections);

    /// <summary>The mean busy connections of a choice of groups.</summary>
    public double Busy(Func<ClientGroup, bool> which) => Samples == 0 ? 0 : (double)_groups.Where(group => which(group.Key)).Sum(group => group.Value.Busy) / Samples;

    /// <summary>The mean connections that were computing.</summary>
    public double OnProcessor(Func<ClientGroup, bool> which) => Samples == 0 ? 0 : (double)_groups.Where(group => which(group.Key)).Sum(group => group.Value.OnProcessor) / Samples;
}

/// <summary>What one group of connections did over the time that it was watched.</summary>
internal sealed class GroupUse
{
    public int Connections { get; set; }

    public int LargestPool { get; set; }

    public long Busy { get; set; }

    public long OnProcessor { get; set; }

    public HashSet<string> Addresses { get; } = new(StringComparer.Ordinal);
}
