using System.Diagnostics;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Sizing;
using Npgsql;

namespace Makalu.Capacity.Postgres.LoadTest;

/// <summary>
/// The statement that stands for a request: it computes for the planned processor time and sleeps for the rest of a hold that is drawn from
/// the planned distribution (lognormal with the plan's mean and 95 % quantile).
/// </summary>
internal sealed record HoldStatement
{
    public const string Sql = "SELECT pg_sleep($1), (SELECT count(*) FROM generate_series(1, $2))";

    public required double MeanSeconds { get; init; }

    public required double? P95Seconds { get; init; }

    public required double ProcessorSeconds { get; init; }

    /// <summary>Rows of the series that the server counts in a second, measured on it.</summary>
    public required double RowsPerSecond { get; init; }

    /// <summary>What a statement takes beyond its sleep and its counting, measured: the way there and back, and the sleep's own inaccuracy.</summary>
    public required double OverheadSeconds { get; init; }

    /// <summary>Draws one request: for how long to sleep and how many rows to count.</summary>
    public (double SleepSeconds, int Rows) Draw(RandomStream random)
    {
        HoldTime hold = HoldTime.FromMeanAndP95(MeanSeconds, P95Seconds ?? MeanSeconds * HoldTime.ExponentialRatio);
        double factor = Math.Exp((hold.LogSigma * random.NextNormal()) - (0.5 * hold.LogSigma * hold.LogSigma));
        double processor = Math.Min(ProcessorSeconds, MeanSeconds) * factor;
        double sleep = Math.Max(0, (MeanSeconds * factor) - processor - OverheadSeconds);
        return (sleep, (int)Math.Min(int.MaxValue, processor * RowsPerSecond));
    }

    /// <summary>Measures on the server how fast it counts and what a statement costs by itself; medians.</summary>
    public static async Task<(double RowsPerSecond, double OverheadSeconds)> CalibrateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const int Rows = 100_000;
        const double Sleep = 0.005;
        await RunAsync(connection, 0, Rows, cancellationToken).ConfigureAwait(false);
        var overheads = new double[15];
        var counts = new double[9];
        for (int i = 0; i < overheads.Length; i++)
        {
            overheads[i] = await RunAsync(connection, Sleep, 1, cancellationToken).ConfigureAwait(false) - Sleep;
        }

        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = await RunAsync(connection, 0, Rows, cancellationToken).ConfigureAwait(false);
        }

        Array.Sort(overheads);
        Array.Sort(counts);
        return (Rows / counts[counts.Length / 2], Math.Max(0, overheads[overheads.Length / 2]));
    }

    /// <summary>Runs the statement once.</summary>
    /// <returns>The seconds that it took.</returns>
    public static async Task<double> RunAsync(NpgsqlConnection connection, double sleepSeconds, int rows, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        var command = new NpgsqlCommand(Sql, connection) { Parameters = { new NpgsqlParameter<double> { TypedValue = sleepSeconds }, new NpgsqlParameter<int> { TypedValue = rows } } };
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
