using System.Diagnostics;
using Npgsql;

namespace Makalu.Capacity.Tests.Sizing.Postgres;

/// <summary>
/// Tells whether this machine is too busy to say anything about waits: beside the test one connection of its own sleeps for 40 ms again and
/// again, which takes much longer only where processors are short.
/// </summary>
internal sealed class NoiseProbe : IAsyncDisposable
{
    private const double SleepSeconds = 0.04;
    private const double QuietFactor = 1.2;

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _probing;
    private double _seconds;
    private int _count;

    public NoiseProbe(string connectionString) => _probing = ProbeAsync(connectionString);

    /// <summary>Skips the test, with the measurement as its reason, where the machine was too busy.</summary>
    public void SkipWhereNoisy(string what)
    {
        double mean = Volatile.Read(ref _seconds) / Math.Max(1, _count);
        if (mean > QuietFactor * SleepSeconds)
            Assert.Inconclusive(FormattableString.Invariant($"This machine is too busy: a sleep of {SleepSeconds * 1000} ms on the server took {mean * 1000:0.0} ms on average. {what}"));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _probing;
        _stop.Dispose();
    }

    private async Task ProbeAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        while (!_stop.IsCancellationRequested)
        {
            long started = Stopwatch.GetTimestamp();
            await using var command = new NpgsqlCommand("SELECT pg_sleep(0.04)", connection);
            await command.ExecuteNonQueryAsync();
            Volatile.Write(ref _seconds, _seconds + Stopwatch.GetElapsedTime(started).TotalSeconds);
            _count++;
        }
    }
}
