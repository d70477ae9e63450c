using System.Globalization;
using Makalu.Capacity.Postgres.LoadTest;
using Spectre.Console;

namespace Makalu.Capacity.Cli;

/// <summary>A load test on a page of the terminal.</summary>
internal static class VerificationView
{
    public static void Show(IAnsiConsole console, VerificationReport report)
    {
        console.WriteLine();
        console.Write(new Text(report.Passed ? "The plan held.\n" : "The plan did not hold.\n", new Style(report.Passed ? Color.Green : Color.Red, decoration: Decoration.Bold)));
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string heading in new[] { "load", "pools", "requests/s sent", "answered", "refused", "late (planned)", "wait p50 / p95 / p99, ms", "answer p99, ms", "held (planned), ms" })
        {
            table.AddColumn(new TableColumn(heading).RightAligned());
        }

        foreach (LoadReport load in report.Loads)
        {
            foreach (ServiceReport service in load.Services)
            {
                table.AddRow(
                    Percent(load.Load),
                    Markup.Escape(string.Create(CultureInfo.InvariantCulture, $"{service.Name} {service.Instances} × {service.MaxPoolSize}")),
                    load.PeakRequestsPerSecond.ToString("0.#", CultureInfo.InvariantCulture),
                    load.PeakThroughput.ToString("0.#", CultureInfo.InvariantCulture),
                    load.Refused.Values.Sum().ToString(CultureInfo.InvariantCulture),
                    $"{Percent(service.LateShare)} ({Percent(service.PlannedLateShare)})",
                    $"{Milliseconds(service.PoolWait.P50)} / {Milliseconds(service.PoolWait.P95)} / {Milliseconds(service.PoolWait.P99)}",
                    Milliseconds(service.Latency.P99),
                    $"{Milliseconds(service.HoldMean)} ({Milliseconds(service.PlannedHoldMean)})");
            }
        }

        console.Write(table);
        foreach (LoadReport load in report.Loads.Where(load => load.ServerView is not null))
        {
            ServerView view = load.ServerView!;
            console.Write(new Text(string.Create(CultureInfo.InvariantCulture, $"Server at {load.Load:0.##%}: at most {view.MostConnections} of {view.MaxConnections} connections, {view.MostActive} of them at work.\n")));
        }

        foreach (string note in report.Notes)
        {
            console.Write(new Text($"note: {note}\n"));
        }

        console.Write(new Text($"Statement: {report.Statement}\n"));
    }

    private static string Percent(double fraction) => fraction.ToString("0.##%", CultureInfo.InvariantCulture);

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.#}");
}
