using Makalu.Capacity.Sizing;
using static System.FormattableString;

namespace Makalu.Capacity.Postgres;

/// <summary>Makes of what was seen what a plan needs, and says how each estimate was made.</summary>
internal sealed class InspectionSummary
{
    /// <summary>Fewer transactions than these say too little about how long one takes.</summary>
    private const double FewestTransactions = 200;

    /// <summary>Programs that people and tools connect with; their connections are counted as others.</summary>
    private static readonly string[] Tools =
    [
        "psql", "pg_dump", "pg_dumpall", "pg_restore", "pg_basebackup", "pgbench", "pgadmin", "dbeaver", "datagrip", "intellij", "tableplus", "postico", "metabase", "grafana", "tableau", "power bi",
        "postgres_exporter", "postgresql_exporter", "prometheus", "datadog", "zabbix", "telegraf", "pganalyze", "pgwatch", "patroni", "barman", "pgbackrest", "wal-g", "repmgr", "flyway", "liquibase", "makalu",
    ];

    private readonly ServerFacts _facts;
    private readonly InspectionOptions _options;
    private readonly ActivityWatch _watch;
    private readonly TimeSpan _watched;
    private readonly Dictionary<string, DatabaseCounters> _before;
    private readonly Dictionary<string, DatabaseCounters> _after;
    private readonly Dictionary<(string User, string Database), StatementTimes> _statementsBefore;
    private readonly Dictionary<(string User, string Database), StatementTimes> _statements;
    private readonly List<string> _notes;

    public InspectionSummary(
        ServerFacts facts,
        InspectionOptions options,
        ActivityWatch watch,
        TimeSpan watched,
        Dictionary<string, DatabaseCounters> before,
        Dictionary<string, DatabaseCounters> after,
        Dictionary<(string User, string Database), StatementTimes> statementsBefore,
        Dictionary<(string User, string Database), StatementTimes> statementsAfter,
        List<string> notes)
    {
        _facts = facts;
        _options = options;
        _watch = watch;
        _watched = watched;
        _before = before;
        _after = after;
        _statementsBefore = statementsBefore;
        _statements = statementsAfter;
        _notes = notes;
    }

    public DatabaseInspection Summarise(long? memoryBytes, double? cpuCores, DateTimeOffset now)
    {
        TellWhatIsHidden(memoryBytes, cpuCores);
        ClientGroup[] groups = [.. _watch.Groups.Keys.Where(IsService).OrderBy(group => group.Name, StringComparer.Ordinal).ThenBy(group => group.Database, StringComparer.Ordinal).ThenBy(group => group.User, StringComparer.Ordinal)];
        InspectedService[] services = Services(groups);
        string[] others = [.. _watch.Groups.Where(group => !IsService(group.Key)).Select(group => Invariant($"{group.Key.Name} {group.Value.Connections}")).Order(StringComparer.Ordinal)];
        _notes.Add(others.Length == 0
            ? "No other connection was seen than those of the services. Add to otherConnections what connects at other times: migrations, cron jobs, monitoring, BI."
            : $"Counted in otherConnections: {string.Join(", ", others)}. Add what connects at other times: migrations, cron jobs, monitoring, BI.");

        return new DatabaseInspection
        {
            Version = _facts.Version,
            MaxConnections = _facts.MaxConnections,
            SuperuserReserved = _facts.SuperuserReserved,
            Reserved = _facts.Reserved,
            SharedBuffersBytes = _facts.SharedBuffersBytes,
            WorkMemBytes = _facts.WorkMemBytes,
            MemoryBytes = memoryBytes,
            CpuCores = cpuCores,
            Standbys = _facts.Standbys,
            Services = services,
            OtherConnections = _watch.Connections(group => !IsService(group)),
            Observed = new ObservedUse
            {
                At = now,
                TransactionsPerSecond = _watched > TimeSpan.Zero ? groups.Select(group => group.Database).Distinct(StringComparer.Ordinal).Sum(WatchedTransactions) / _watched.TotalSeconds : null,
                ConnectionsInUse = _watch.Busy(IsService),
                IdleInTransaction = _watch.IdleInTransaction,
                LongestIdleInTransaction = Seconds(_watch.LongestIdleSeconds),
                LongestStatement = Seconds(_watch.LongestStatementSeconds),
                WaitingForLocks = _watch.WaitingForLocks,
                Notes = _notes,
            },
            Notes = _notes,
        };
    }

    private void TellWhatIsHidden(long? memoryBytes, double? cpuCores)
    {
        if (!_facts.ReadsAllStatistics)
        {
            _notes.Add($"The user {_facts.User} may not read other users' activity, so their state, their application names and addresses were not seen. GRANT pg_monitor TO {_facts.User}.");
        }

        if (memoryBytes is null || cpuCores is null)
        {
            string what = memoryBytes is null && cpuCores is null ? "The server's memory and processor cores" : memoryBytes is null ? "The server's memory" : "The server's processor cores";
            _notes.Add($"{what} cannot be read with SQL by the user {_facts.User} (that takes pg_read_server_files, more than this needs). Give --memory and --cpu-cores.");
        }

        if (_facts.IsStandby)
        {
            _notes.Add("This server is a standby: its settings must be at least the primary's. Inspect the primary for the plan.");
        }

        if (_facts.RestartPending)
        {
            _notes.Add("max_connections was changed in the configuration and waits for a restart; what is written is the value in force.");
        }
    }

    private InspectedService[] Services(ClientGroup[] groups)
    {
        if (groups.Length == 0)
        {
            _notes.Add("No application was connected, so there is no service in the file, and recommend will ask for one. Inspect again while the application runs, or name it with --service.");
            return [];
        }

        _notes.Add("Instances are counted by client address: correct them where several instances share one (a pooler, NAT, one host), and add surgeInstances. Pool sizes are the clients' own and not seen by the server: add maxPoolSize.");
        _notes.Add("databaseTimeMean and databaseCpuTimeMean are those of a transaction; where a request makes several, multiply them.");
        Dictionary<string, (TimeSpan? Mean, TimeSpan? Processor)> times = groups.Select(group => group.Database).Distinct(StringComparer.Ordinal).ToDictionary(name => name, TransactionTimes, StringComparer.Ordinal);
        double[] weights = Shares(groups);
        return [.. groups.Select((group, i) =>
        {
            GroupUse use = _watch.Groups[group];
            TimeSpan? mean = times[group.Database].Mean;
            return new InspectedService
            {
                Name = UniqueName(groups, group),
                User = group.User,
                Database = group.Database,
                Instances = Math.Max(1, use.Addresses.Count),
                Connections = use.Connections,
                LargestPool = use.LargestPool,
                BusyConnections = (double)use.Busy / _watch.Samples,
                TrafficShare = weights[i],
                DatabaseTimeMean = mean,
                DatabaseTimeP95 = mean * Ratio(group),
                DatabaseCpuTimeMean = times[group.Database].Processor is { } processor && processor > mean ? mean : times[group.Database].Processor,
            };
        })];
    }

    /// <summary>Transactions of a database while it was watched, without the inspection's own.</summary>
    private double WatchedTransactions(string database)
    {
        if (!_after.TryGetValue(database, out DatabaseCounters after) || !_before.TryGetValue(database, out DatabaseCounters before))
            return 0;

        return Math.Max(0, after.Transactions - before.Transactions - (database == _facts.Database ? _watch.Samples + 1 : 0));
    }

    /// <summary>How long a transaction of a database holds its connection, and how long it computes.</summary>
    private (TimeSpan? Mean, TimeSpan? Processor) TransactionTimes(string database)
    {
        double transactions = WatchedTransactions(database);
        bool InDatabase(ClientGroup group) => group.Database == database;
        if (transactions >= FewestTransactions)
        {
            // Little's law: connections in use = transactions per second × the time that each holds one.
            double perSecond = transactions / _watched.TotalSeconds;
            double? counted = _after[database].BusySeconds - _before[database].BusySeconds;
            double busy = counted > 0 ? counted.Value / transactions : _watch.Busy(InDatabase) / perSecond;
            string how = counted > 0 ? "pg_stat_database's session times" : "the connections seen in use (Little's law)";
            _notes.Add(Invariant($"{database}: databaseTimeMean is {busy * 1000:0.###} ms per transaction, from {how} over {transactions:0} transactions in {_watched.TotalSeconds:0.#} s."));
            double processor = _watch.OnProcessor(InDatabase) / perSecond;
            TimeSpan? computing = _watch.Samples >= 20 && processor > 0 ? TimeSpan.FromSeconds(processor) : null;
            if (computing is not null)
            {
                _notes.Add(Invariant($"{database}: databaseCpuTimeMean is {processor * 1000:0.###} ms per transaction, sampled: connections that were active without waiting ÷ transactions per second. It counts waiting for a processor too, so on a busy server it is too high."));
            }

            return (Positive(busy), computing);
        }

        if (_after.TryGetValue(database, out DatabaseCounters all) && all.BusySeconds > 0 && all.Transactions >= FewestTransactions)
        {
            double busy = all.BusySeconds.Value / all.Transactions;
            _notes.Add(Invariant($"{database}: hardly anything ran while it was watched; databaseTimeMean is {busy * 1000:0.###} ms per transaction, the average since the statistics were reset ({all.Transactions:0} transactions). Inspect again at the busiest hour."));
            return (Positive(busy), null);
        }

        StatementTimes[] statements = [.. _statements.Where(entry => entry.Key.Database == database && entry.Value.Calls > 0).Select(entry => entry.Value)];
        if (statements.Sum(times => times.Calls) >= FewestTransactions)
        {
            double mean = statements.Sum(times => times.Seconds) / statements.Sum(times => times.Calls);
            _notes.Add(Invariant($"{database}: databaseTimeMean is {mean * 1000:0.###} ms, the mean statement of pg_stat_statements. A transaction holds its connection longer than its statements run: take it as the least."));
            return (Positive(mean), null);
        }

        _notes.Add($"{database}: too few transactions ran to tell how long one holds a connection. Write databaseTimeMean, or inspect again at the busiest hour; recommend will ask for it.");
        return (null, null);
    }

    /// <summary>
    /// p95 ÷ mean of a lognormal distribution with the variation that <c>pg_stat_statements</c> measured; null where it did not. A transaction of
    /// n independent statements varies by 1/n of what a statement does.
    /// </summary>
    private double? Ratio(ClientGroup group)
    {
        if (!_statements.TryGetValue((group.User, group.Database), out StatementTimes times) || times.Calls < FewestTransactions || times.Seconds <= 0)
            return null;

        double calls = _statements.Where(entry => entry.Key.Database == group.Database).Sum(entry => entry.Value.Calls - _statementsBefore.GetValueOrDefault(entry.Key).Calls);
        double transactions = WatchedTransactions(group.Database);
        double perTransaction = transactions >= FewestTransactions ? Math.Max(1, calls / transactions) : 1;
        double sigma = Math.Min(Math.Sqrt(Math.Log(1 + (times.SquaredVariation / perTransaction))), 1.645);
        return Math.Exp((1.645 * sigma) - (sigma * sigma / 2));
    }

    /// <summary>Each service's part of all transactions: those of its database, divided as its connections were busy.</summary>
    private double[] Shares(ClientGroup[] groups)
    {
        if (groups.Length == 1)
            return [1];

        double[] weights = [.. groups.Select(group =>
        {
            double busy = _watch.Busy(other => other.Database == group.Database && IsService(other));
            return busy > 0 ? WatchedTransactions(group.Database) * _watch.Groups[group].Busy / _watch.Samples / busy : 0;
        })];
        if (weights.Any(weight => weight <= 0))
        {
            _notes.Add("Not every service was seen at work, so trafficShare is taken from the connections that each has open. Correct it.");
            weights = [.. groups.Select(group => (double)_watch.Groups[group].Connections)];
        }
        else
        {
            _notes.Add("trafficShare is each service's part of the transactions: those of its database, divided by how many of its connections were busy (Little's law, equal times).");
        }

        double sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }

    private bool IsService(ClientGroup group)
        => _options.Services.Count > 0
            ? _options.Services.Contains(group.Name, StringComparer.Ordinal)
            : !Array.Exists(Tools, tool => group.Application.Contains(tool, StringComparison.OrdinalIgnoreCase));

    private static string UniqueName(ClientGroup[] groups, ClientGroup group)
        => groups.Count(other => other.Name == group.Name) == 1 ? group.Name
            : groups.Count(other => other.Name == group.Name && other.Database == group.Database) == 1 ? $"{group.Name}/{group.Database}"
            : $"{group.Name}/{group.Database}/{group.User}";

    private static TimeSpan? Positive(double seconds) => seconds >= 1e-7 ? TimeSpan.FromSeconds(seconds) : null;

    private static TimeSpan? Seconds(double seconds) => seconds > 0 ? TimeSpan.FromSeconds(Math.Round(seconds, 3)) : null;
}
