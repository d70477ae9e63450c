using System.Diagnostics;
using System.Net;
using Npgsql;
using static System.FormattableString;

namespace Makalu.Capacity.Postgres.LoadTest;

/// <summary>Puts the planned peak on a real server, with a process for each instance, and compares what happens with the plan.</summary>
internal sealed class LoadTestRun
{
    private readonly RehearsalPlan _plan;
    private readonly VerificationOptions _options;
    private readonly Func<ProcessStartInfo> _worker;
    private readonly Action<string> _tell;
    private readonly Action<string>? _explain;

    /// <param name="plan">The plan.</param>
    /// <param name="options">How to rehearse it.</param>
    /// <param name="worker">The command that starts a worker.</param>
    /// <param name="tell">Told what is being done.</param>
    /// <param name="explain">Told each step and what it gave; null tells nobody.</param>
    public LoadTestRun(RehearsalPlan plan, VerificationOptions options, Func<ProcessStartInfo> worker, Action<string> tell, Action<string>? explain = null)
    {
        _plan = plan;
        _options = options;
        _worker = worker;
        _tell = tell;
        _explain = explain;
    }

    public async Task<VerificationReport> RunAsync(CancellationToken cancellationToken)
    {
        NpgsqlConnectionStringBuilder settings = ConnectionSettings.Parse(_options.ConnectionString);
        if (!_options.IOwnThisDatabase && !await ConnectionSettings.IsLoopbackAsync(settings, cancellationToken).ConfigureAwait(false))
            throw NotMine(settings.Host!);

        try
        {
            ServerWatch watch = await ServerWatch.OpenAsync(settings, cancellationToken).ConfigureAwait(false);
            await using (watch.ConfigureAwait(false))
            {
                // A tunnel ends on loopback and a container's port does too; the server knows better where it is.
                if (!_options.IOwnThisDatabase && await watch.ServerAddressAsync(cancellationToken).ConfigureAwait(false) is { } address && !IPAddress.IsLoopback(address))
                    throw NotMine(address.ToString());

                _explain?.Invoke(Invariant($"connected to {ConnectionSettings.Place(settings)}, PostgreSQL {watch.Connection.PostgreSqlVersion}"));
                return await RunAsync(settings, watch, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (NpgsqlException exception)
        {
            throw ConnectionSettings.Explain(exception, settings, "the load test cannot run");
        }
    }

    private static DatabaseAccessException NotMine(string place)
        => new($"{place} is not this machine's loopback. A load test can take a database down; pass --i-own-this-database if it is yours to take down.");

    private async Task<VerificationReport> RunAsync(NpgsqlConnectionStringBuilder settings, ServerWatch watch, CancellationToken cancellationToken)
    {
        (double rowsPerSecond, double overhead) = await HoldStatement.CalibrateAsync(watch.Connection, cancellationToken).ConfigureAwait(false);
        _explain?.Invoke(Invariant($"calibrated: this server counts {rowsPerSecond / 1e6:0.0} million rows a second, and a statement takes {overhead * 1000:0.00} ms by itself"));
        var workers = new List<WorkerProcess>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task watching = Task.CompletedTask;
        try
        {
            foreach (RehearsedService service in _plan.Services)
            {
                for (int i = 0; i < Math.Min(service.Instances, _options.MaxInstances ?? int.MaxValue); i++)
                {
                    WorkerSpecification specification = Specification(settings, service, workers.Count, rowsPerSecond, overhead);
                    _explain?.Invoke(Invariant($"started instance {i + 1} of {service.Name}: pool {specification.MinPoolSize} to {specification.MaxPoolSize}, {specification.RequestsPerSecond:0.##} requests/s at the peak, dispersion {specification.BurstDispersion:0.##}, holds of {specification.Statement.MeanSeconds * 1000:0.###} ms, {specification.Statement.ProcessorSeconds * 1000:0.###} ms of it computed"));
                    workers.Add(await WorkerProcess.StartAsync(_worker(), service, specification, cancellationToken).ConfigureAwait(false));
                }
            }

            foreach (WorkerProcess worker in workers)
            {
                await worker.ReadyAsync(cancellationToken).ConfigureAwait(false);
            }

            _explain?.Invoke(Invariant($"all {workers.Count} processes are connected and ready; the first request is due in half a second"));
            watching = watch.WatchAsync(stop.Token);
            long start = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 2);
            foreach (WorkerProcess worker in workers)
            {
                await worker.StartAsync(start, cancellationToken).ConfigureAwait(false);
            }

            var loads = new List<LoadReport>();
            foreach (double load in _options.Loads)
            {
                _tell(Invariant($"{load:0.##%} of the planned peak, {workers.Count} processes, {_options.Duration.TotalSeconds:0.#} s …"));
                var results = new List<(RehearsedService Service, WorkerResult Result)>();
                foreach (WorkerProcess worker in workers)
                {
                    WorkerResult result = await worker.ResultAsync(cancellationToken).ConfigureAwait(false);
                    _explain?.Invoke(Invariant($"  a process of {worker.Service.Name}: {result.Due.Length} requests due, {result.Latency.Count(l => !float.IsNaN(l))} answered{string.Concat(result.Failures.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => Invariant($", {f.Value} failed with {f.Key}")))}"));
                    results.Add((worker.Service, result));
                }

                long span = (long)((_options.Duration + _options.Drain).TotalSeconds * Stopwatch.Frequency);
                long from = start + (loads.Count * span);
                LoadReport report = new LoadSummary(_plan, _options).Summarise(load, results, watch.Between(from, from + span));
                _explain?.Invoke(Invariant($"  {report.Answered} of {report.Requests} answered; 99 % were sent within {report.GeneratorLagP99.TotalMilliseconds:0.#} ms of when they were due{(report.ServerView is { } view ? Invariant($"; the server had up to {view.MostConnections} connections, {view.MostActive} active, {view.TransactionsPerSecond:0.#} transactions/s") : "")}"));
                loads.Add(report);
            }

            return new LoadJudgement(_plan, _options).Judge(loads, ConnectionSettings.Place(settings), Describe(rowsPerSecond, overhead));
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            foreach (WorkerProcess worker in workers)
            {
                worker.Dispose();
            }

            await watching.ConfigureAwait(false);
        }
    }

    private WorkerSpecification Specification(NpgsqlConnectionStringBuilder settings, RehearsedService service, int instance, double rowsPerSecond, double overhead) => new()
    {
        ConnectionString = settings.ConnectionString,
        Service = service.Name,
        Instance = instance,
        MaxPoolSize = _options.MaxPoolSize ?? service.MaxPoolSize,
        MinPoolSize = Math.Min(service.MinPoolSize, _options.MaxPoolSize ?? int.MaxValue),
        RequestsPerSecond = service.RequestsPerSecondPerInstance,
        ConnectionsPerRequest = service.ConnectionsPerRequest,
        BurstDispersion = 1 + ((_plan.BurstDispersion - 1) / service.Instances),
        RateVariation = _plan.RateVariation,
        Profile = _plan.Profile,
        DurationSeconds = _options.Duration.TotalSeconds,
        Loads = [.. _options.Loads],
        DrainSeconds = _options.Drain.TotalSeconds,
        Seed = _options.Seed,
        Statement = new HoldStatement
        {
            MeanSeconds = service.HoldMeanSeconds,
            P95Seconds = service.HoldP95Seconds,
            ProcessorSeconds = _options.SleepOnly ? 0 : service.ProcessorSeconds,
            RowsPerSecond = rowsPerSecond,
            OverheadSeconds = overhead,
        },
    };

    private string Describe(double rowsPerSecond, double overhead)
        => Invariant($"{HoldStatement.Sql}; holds are lognormal with the plan's mean and 95 % quantile; of each {(_options.SleepOnly ? "all is slept" : Invariant($"the planned processor time is computed (this server counts {rowsPerSecond / 1e6:0.0} million rows a second) and the rest slept"))}, less {overhead * 1000:0.00} ms that a statement takes by itself.");
}
