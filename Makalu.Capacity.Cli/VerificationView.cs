using System.Globalization;
using Makalu.Capacity.Postgres.LoadTest;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Makalu.Capacity.Cli;

/// <summary>A load test on a page of the terminal.</summary>
internal static class VerificationView
{
    private const int WidestTable = 1000;

    private static readonly string[] Headings = ["load", "pools", "requests/s\nsent", "\nanswered", "\nrefused", "late\n(planned)", "wait, ms\np50 / p95 / p99", "answer\np99, ms", "held, ms\n(planned)"];

    public static void Show(IAnsiConsole console, VerificationReport report)
    {
        console.WriteLine();
        console.Write(new Text(report.Passed ? "The plan held.\n" : "The plan did not hold.\n", new Style(report.Passed ? Color.Green : Color.Red, decoration: Decoration.Bold)));
        (LoadReport Load, ServiceReport Service)[] rows = [.. report.Loads.SelectMany(load => load.Services.Select(service => (load, service)))];
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string heading in Headings)
        {
            table.AddColumn(new TableColumn(heading).RightAligned().NoWrap().Padding(0, 0, 1, 0));
        }

        foreach ((LoadReport load, ServiceReport service) in rows)
        {
            table.AddRow(Cells(load, service).Select(cell => new Text(cell)));
        }

        // A table that is too wide would break names and figures in the middle: then each row is a paragraph.
        if (((IRenderable)table).Measure(RenderOptions.Create(console), WidestTable).Max <= console.Profile.Width)
        {
            console.Write(table);
        }
        else
        {
            foreach ((LoadReport load, ServiceReport service) in rows)
            {
                Grid grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn();
                foreach ((string heading, string cell) in Headings.Zip(Cells(load, service)))
                {
                    grid.AddRow(new Text(heading.Replace('\n', ' ').Trim()), new Text(cell));
                }

                console.Write(grid);
                console.WriteLine();
            }
        }

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

    private static string[] Cells(LoadReport load, ServiceReport service) =>
    [
        Percent(load.Load),
        string.Create(CultureInfo.InvariantCulture, $"{service.Name} {service.Instances} × {service.MaxPoolSize}"),
        load.PeakRequestsPerSecond.ToString("0.#", CultureInfo.InvariantCulture),
        load.PeakThroughput.ToString("0.#", CultureInfo.InvariantCulture),
        load.Refused.Values.Sum().ToString(CultureInfo.InvariantCulture),
        $"{Percent(service.LateShare)} ({Percent(service.PlannedLateShare)})",
        $"{Milliseconds(service.PoolWait.P50)} / {Milliseconds(service.PoolWait.P95)} / {Milliseconds(service.PoolWait.P99)}",
        Milliseconds(service.Latency.P99),
        $"{Milliseconds(service.HoldMean)} ({Milliseconds(service.PlannedHoldMean)})",
    ];

    private static string Percent(double fraction) => fraction.ToString("0.##%", CultureInfo.InvariantCulture);

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.#}");
}
