using System.Diagnostics;
using System.Globalization;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Postgres.LoadTest;
using Makalu.Capacity.Sizing;
using Npgsql;

namespace Makalu.Capacity.Tests.Sizing.Postgres;

/// <summary>
/// A statement that computes, on a real server: the concurrency at which throughput stops growing, measured and computed. It is taken as the
/// saturation point X(∞)/X(1), where the rising and the flat part of the curve meet (L. Kleinrock, "Queueing Systems" II, 1976): the highest point of a
/// nearly flat curve is chance. The computation knows only what a system description does: the processors, and from one connection alone how long a
/// statement holds it and how much of a processor it takes. The server has processors of its own, since those of the model serve nobody else.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class MeasuredKneeTests
{
    private const double ProcessorSeconds = 0.008;
    private const double HoldSeconds = 0.032;
    private const double Seconds = 1.5;
    private const double WarmUpSeconds = 0.3;
    private const int Rounds = 3;
    private const int Seed = 1;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Knee_OfAComputingStatement_IsWithinAQuarterOfTheMeasuredOne()
    {
        int processors = Environment.ProcessorCount;
        if (processors < 2)
            Assert.Inconclusive("One processor: server and client cannot have one each.");

        int cores = processors / 2;
        int many = 12 * cores;
        using TemporaryPostgres server = TemporaryPostgres.Start(100);
        server.KeepToProcessors(0, cores);
        using IDisposable client = ProcessorAffinity.KeepThisProcess(cores, processors - cores);
        await using var pool = NpgsqlDataSource.Create(server.Superuser.Replace("Pooling=false", "Maximum Pool Size=90", StringComparison.Ordinal));
        HoldStatement statement;
        await using (NpgsqlConnection connection = await pool.OpenConnectionAsync(TestContext.CancellationToken))
        {
            (double rowsPerSecond, double overhead) = await HoldStatement.CalibrateAsync(connection, TestContext.CancellationToken);
            statement = new HoldStatement { MeanSeconds = HoldSeconds, P95Seconds = 2 * HoldSeconds, ProcessorSeconds = ProcessorSeconds, RowsPerSecond = rowsPerSecond, OverheadSeconds = overhead };
        }

        await Measure(pool, many, statement);
        var measured = new List<double>();
        var computed = new List<double>();
        var busy = new List<double>();
        for (int round = 0; round < Rounds; round++)
        {
            (double one, double processorTime) = await Measure(pool, 1, statement);
            (double most, double saturated) = await Measure(pool, many, statement);
            measured.Add(most / one);
            busy.Add(most * saturated / cores);
            var model = new FlowEquivalentServer(cores, processorTime, Math.Max(1e-6, (1 / one) - processorTime), DatabaseDescription.DefaultContentionPenalty);
            computed.Add(model.Throughput(many) / model.Throughput(1));
            TestContext.WriteLine(FormattableString.Invariant($"alone {1000 / one:0.00} ms, of which a processor {1000 * processorTime:0.00} ms; {many} connections {most:0} statements/s of {1000 * saturated:0.00} ms, {busy[^1]:P0} of {cores} processors; saturation point measured {measured[^1]:0.00}, computed {computed[^1]:0.00}"));
        }

        string figures = FormattableString.Invariant($"{cores} processors: measured {Median(measured):0.00}, computed {Median(computed):0.00}, {Median(busy):0.00} busy");
        TestContext.WriteLine(figures);
        if (Median(busy) < 0.9)
            Assert.Inconclusive($"This machine's processors are taken by others, so that a knee measured now says nothing: {figures}.");

        Assert.AreEqual(Median(measured), Median(computed), 0.25 * Median(measured), figures);
    }

    /// <summary>
    /// Connections that each send their next statement when the last is answered: statements a second, and the processor time that each took on the
    /// server. Counted from the first answer after a warm-up to the first after the time is over, while all connections are at work. Each
    /// statement is drawn, as in the rehearsal of a plan: statements of one length that share a processor finish together, sleep together, and leave it idle.
    /// </summary>
    private async Task<(double PerSecond, double ProcessorSeconds)> Measure(NpgsqlDataSource pool, int connections, HoldStatement statement)
    {
        NpgsqlConnection[] open = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => pool.OpenConnectionAsync(TestContext.CancellationToken).AsTask()));
        var gate = new Lock();
        int answered = 0;
        (double Time, int Answered, double Processor)? first = null, last = null;
        long started = Stopwatch.GetTimestamp();
        await Task.WhenAll(open.Select(async (connection, number) =>
        {
            var random = new RandomStream(Seed, number);
            while (last is null)
            {
                (double sleep, int rows) = statement.Draw(random);
                await HoldStatement.RunAsync(connection, sleep, rows, TestContext.CancellationToken);
                lock (gate)
                {
                    answered++;
                    double elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
                    if (first is null && elapsed >= WarmUpSeconds)
                    {
                        first = (elapsed, answered, open.Sum(ProcessorTime));
                    }
                    else if (last is null && elapsed >= WarmUpSeconds + Seconds)
                    {
                        last = (elapsed, answered, open.Sum(ProcessorTime));
                    }
                }
            }
        }));
        foreach (NpgsqlConnection connection in open)
        {
            await connection.DisposeAsync();
        }

        double statements = last!.Value.Answered - first!.Value.Answered;
        return (statements / (last.Value.Time - first.Value.Time), (last.Value.Processor - first.Value.Processor) / statements);
    }

    /// <summary>Seconds that the server's process of a connection has computed (the first figure of schedstat, in nanoseconds: proc(5)).</summary>
    private static double ProcessorTime(NpgsqlConnection connection) =>
        1e-9 * long.Parse(File.ReadAllText(FormattableString.Invariant($"/proc/{connection.ProcessID}/schedstat")).Split(' ')[0], CultureInfo.InvariantCulture);

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
