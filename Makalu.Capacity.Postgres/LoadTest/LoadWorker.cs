using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Makalu.Capacity.Numerics;
using Npgsql;

namespace Makalu.Capacity.Postgres.LoadTest;

/// <summary>One instance of a service in a process of its own: a real pool of the planned size, and requests at the scheduled times.</summary>
internal sealed class LoadWorker
{
    /// <summary>What a worker says when its pool is warm, and what it is told to start at (a <see cref="Stopwatch"/> timestamp).</summary>
    public const string Ready = "ready";

    public static readonly JsonSerializerOptions Json = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly WorkerSpecification _specification;
    private readonly NpgsqlDataSource _pool;

    private LoadWorker(WorkerSpecification specification, NpgsqlDataSource pool)
    {
        _specification = specification;
        _pool = pool;
    }

    /// <summary>Speaks with the process that started this one: a specification, "ready", the start, a line of results for each load.</summary>
    public static async Task RunAsync(TextReader input, TextWriter output, CancellationToken cancellationToken)
    {
        WorkerSpecification specification = JsonSerializer.Deserialize<WorkerSpecification>(await input.ReadLineAsync(cancellationToken).ConfigureAwait(false) ?? "null", Json)
            ?? throw new InvalidDataException("A worker is started by 'makalu verify' only.");
        NpgsqlDataSource pool = NpgsqlDataSource.Create(Settings(specification));
        await using (pool.ConfigureAwait(false))
        {
            var worker = new LoadWorker(specification, pool);
            await worker.WarmUpAsync(cancellationToken).ConfigureAwait(false);
            await output.WriteLineAsync(Ready).ConfigureAwait(false);
            await output.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (!long.TryParse(await input.ReadLineAsync(cancellationToken).ConfigureAwait(false), NumberStyles.None, CultureInfo.InvariantCulture, out long start))
                return;

            double span = specification.DurationSeconds + specification.DrainSeconds;
            for (int i = 0; i < specification.Loads.Length; i++)
            {
                WorkerResult result = await worker.PlayAsync(specification.Loads[i], start + (long)(i * span * Stopwatch.Frequency), cancellationToken).ConfigureAwait(false);
                await output.WriteLineAsync(JsonSerializer.Serialize(result, Json)).ConfigureAwait(false);
                await output.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static NpgsqlConnectionStringBuilder Settings(WorkerSpecification specification)
        => new(specification.ConnectionString)
        {
            Pooling = true,
            MaxPoolSize = specification.MaxPoolSize,
            MinPoolSize = Math.Min(specification.MinPoolSize, specification.MaxPoolSize),
            ApplicationName = ApplicationName(specification.Service),
            Enlist = false,

            // The statements leave nothing behind in the session, so there is nothing to reset; a pooler in transaction mode asks for this too.
            NoResetOnClose = true,
            MaxAutoPrepare = 0,
        };

    public static string ApplicationName(string service) => "makalu verify " + service;

    /// <summary>Opens the connections that the plan keeps open; a refusal here will be one in the test as well.</summary>
    private async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        var opened = new List<NpgsqlConnection>();
        try
        {
            for (int i = 0; i < Math.Min(_specification.MinPoolSize, _specification.MaxPoolSize); i++)
            {
                opened.Add(await _pool.OpenConnectionAsync(cancellationToken).ConfigureAwait(false));
            }
        }
        catch (NpgsqlException)
        {
            // Counted when requests meet it.
        }

        foreach (NpgsqlConnection connection in opened)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<WorkerResult> PlayAsync(double load, long start, CancellationToken cancellationToken)
    {
        double[] due = ArrivalSchedule.Of(_specification, load);
        var draws = new RandomStream(_specification.Seed, _specification.Instance + 500_000);
        var result = new WorkerResult
        {
            Load = load,
            Due = due,
            PoolWait = new float[due.Length],
            Latency = new float[due.Length],
            Hold = new float[due.Length],
            Lag = new float[due.Length],
            Failures = [],
        };
        var requests = new Task[due.Length];
        int next = 0;
        while (next < due.Length)
        {
            double now = Stopwatch.GetElapsedTime(start).TotalSeconds;
            for (; next < due.Length && due[next] <= now; next++)
            {
                int request = next;
                (double sleep, int rows) = _specification.Statement.Draw(draws);
                result.Lag[request] = (float)(now - due[request]);
                requests[request] = Task.Run(() => RequestAsync(result, request, start, sleep, rows, cancellationToken), cancellationToken);
            }

            if (next < due.Length)
            {
                await Task.Delay(1, cancellationToken).ConfigureAwait(false);
            }
        }

        await Task.WhenAll(requests).ConfigureAwait(false);
        return result;
    }

    private async Task RequestAsync(WorkerResult result, int request, long start, double sleepSeconds, int rows, CancellationToken cancellationToken)
    {
        var connections = new List<NpgsqlConnection>(_specification.ConnectionsPerRequest);
        result.PoolWait[request] = float.NaN;
        result.Latency[request] = float.NaN;
        try
        {
            for (int i = 0; i < _specification.ConnectionsPerRequest; i++)
            {
                connections.Add(await _pool.OpenConnectionAsync(cancellationToken).ConfigureAwait(false));
            }

            double acquired = Stopwatch.GetElapsedTime(start).TotalSeconds;
            result.PoolWait[request] = (float)(acquired - result.Due[request]);
            await HoldStatement.RunAsync(connections[0], sleepSeconds, rows, cancellationToken).ConfigureAwait(false);
            double answered = Stopwatch.GetElapsedTime(start).TotalSeconds;
            result.Hold[request] = (float)(answered - acquired);
            result.Latency[request] = (float)(answered - result.Due[request]);
        }
        catch (NpgsqlException exception)
        {
            string kind = exception is PostgresException { SqlState: { } state } ? state
                : float.IsNaN(result.PoolWait[request]) && exception.InnerException is TimeoutException ? "pool-timeout"
                : exception.InnerException is TimeoutException ? "statement-timeout"
                : "connection-broken";
            lock (result.Failures)
            {
                result.Failures[kind] = result.Failures.GetValueOrDefault(kind) + 1;
            }
        }
        finally
        {
            foreach (NpgsqlConnection connection in connections)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
