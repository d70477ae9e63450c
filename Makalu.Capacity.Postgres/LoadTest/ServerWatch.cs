using System.Diagnostics;
using Npgsql;

namespace Makalu.Capacity.Postgres.LoadTest;

/// <summary>The server's own view while the load runs: connections and transactions, through one connection opened before the load starts.</summary>
internal sealed class ServerWatch : IAsyncDisposable
{
    private const string Sql = """
        SELECT count(*)::int, count(*) FILTER (WHERE state = 'active')::int,
               (SELECT sum(xact_commit + xact_rollback)::float8 FROM pg_stat_database),
               current_setting('max_connections')::int
        FROM pg_stat_activity WHERE datname IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend'
        """;

    private readonly NpgsqlConnection _connection;
    private readonly List<Moment> _moments = [];

    private ServerWatch(NpgsqlConnection connection) => _connection = connection;

    public static async Task<ServerWatch> OpenAsync(NpgsqlConnectionStringBuilder settings, CancellationToken cancellationToken)
    {
        var own = new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Pooling = false, ApplicationName = "makalu verify watch", Enlist = false };
        var connection = new NpgsqlConnection(own.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return new ServerWatch(connection);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public NpgsqlConnection Connection => _connection;

    /// <summary>The address at which the server says that this connection came in; null for a Unix socket.</summary>
    public async Task<System.Net.IPAddress?> ServerAddressAsync(CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("SELECT inet_server_addr()", _connection);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as System.Net.IPAddress;
        }
    }

    /// <summary>Looks at the server four times a second until it is told to stop.</summary>
    public async Task WatchAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var command = new NpgsqlCommand(Sql, _connection);
            await using (command.ConfigureAwait(false))
            {
                NpgsqlDataReader row = await command.ExecuteReaderAsync(CancellationToken.None).ConfigureAwait(false);
                await using (row.ConfigureAwait(false))
                {
                    await row.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                    _moments.Add(new Moment(Stopwatch.GetTimestamp(), row.GetInt32(0), row.GetInt32(1), row.GetDouble(2), row.GetInt32(3)));
                }
            }

            await Task.Delay(250, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What was seen between two timestamps; null where nothing was.</summary>
    public ServerView? Between(long from, long to)
    {
        Moment[] seen = [.. _moments.Where(moment => moment.At >= from && moment.At <= to)];
        if (seen.Length == 0)
            return null;

        double seconds = Stopwatch.GetElapsedTime(seen[0].At, seen[^1].At).TotalSeconds;
        return new ServerView
        {
            MaxConnections = seen[^1].MaxConnections,
            MostConnections = seen.Max(moment => moment.Connections),
            MostActive = seen.Max(moment => moment.Active),
            TransactionsPerSecond = seconds > 0 ? (seen[^1].Transactions - seen[0].Transactions) / seconds : 0,
        };
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private readonly record struct Moment(long At, int Connections, int Active, double Transactions, int MaxConnections);
}

/// <summary>What the server said of itself while a load ran.</summary>
internal sealed record ServerView
{
    public required int MaxConnections { get; init; }

    /// <summary>The most client connections at once, those of others and the watching one included.</summary>
    public required int MostConnections { get; init; }

    public required int MostActive { get; init; }

    /// <summary>Transactions per second as the server counts them; those that touch no table are not counted.</summary>
    public required double TransactionsPerSecond { get; init; }
}
