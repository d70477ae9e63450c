using System.IO.Compression;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Tests.Cli;

namespace Makalu.Capacity.Tests.Packaging;

/// <summary>Files under the names and with the columns of the evaluation's data sets, with made-up traffic of a day and a week: as little of each as can be measured.</summary>
internal static class MadeUpEvaluationData
{
    private static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5);

    public static void Write(TemporaryFolder folder)
    {
        foreach (string set in (ReadOnlySpan<string>)["m4-hourly", "nasa95", "nab", "worldcup98", "pageviews"])
            Directory.CreateDirectory(folder[Path.Combine("data", set)]);

        Series(folder, "nasa95/requests-1m.csv.gz", "timestamp,requests", At(1995, 7, 27), FiveMinutes, 24 * 288);
        Calendar(folder, "nasa95", "", ["landing", "launch"], "mission", At(1995, 7, 30).AddHours(14), TimeSpan.FromDays(9), 2);
        foreach (string name in (ReadOnlySpan<string>)["elb_request_count", "mentions_amzn", "rds_cpu_utilization"])
            Series(folder, $"nab/{name}.csv.gz", "timestamp,value", At(2014, 4, 10), FiveMinutes, 16 * 288);

        Series(folder, "worldcup98/requests-1m.csv.gz", "timestamp,requests", At(1998, 5, 30), FiveMinutes, 18 * 288);
        Calendar(folder, "worldcup98", ",stage", ["Brazil-Scotland", "Morocco-Norway", "Italy-Chile", "France-Denmark", "Spain-Nigeria", "Japan-Croatia"], "match", At(1998, 6, 10).AddHours(15), TimeSpan.FromDays(1), 2);
        Series(folder, "pageviews/requests-1d.csv.gz", "timestamp,requests", At(2009, 1, 1), TimeSpan.FromDays(1), 680);
        Calendar(folder, "pageviews", "", [.. Enumerable.Range(0, 5).Select(year => $"playoff {year}")], "playoff", At(2009, 1, 4), TimeSpan.FromDays(300), 48);
        Hourly(folder, "m4-hourly/train.csv.gz", 0, 500);
        Hourly(folder, "m4-hourly/test.csv.gz", 500, 48);
    }

    private static void Series(TemporaryFolder folder, string name, string header, DateTimeOffset start, TimeSpan step, int count)
    {
        var random = new RandomStream(count);
        Lines(folder, name, header, Enumerable.Range(0, count).Select(i => FormattableString.Invariant($"{start + (step * i):yyyy-MM-ddTHH:mm:ssZ},{Value(i * step.TotalDays, random):0}")));
    }

    private static void Hourly(TemporaryFolder folder, string name, int first, int count)
    {
        var random = new RandomStream(first + 1);
        Lines(folder, name, "series,hour,value", Enumerable.Range(first, count).Select(i => FormattableString.Invariant($"H1,{i},{Value(i / 24.0, random):0}")));
    }

    private static double Value(double day, RandomStream random)
        => 200 * (1.5 - Math.Cos(2 * Math.PI * day)) * ((int)day % 7 >= 5 ? 0.7 : 1) * Math.Exp(0.1 * random.NextNormal());

    private static void Calendar(TemporaryFolder folder, string set, string features, string[] names, string kind, DateTimeOffset first, TimeSpan between, int hours)
    {
        string values = features.Length > 0 ? ",group" : "";
        IEnumerable<string> rows = names.Select((name, i) => FormattableString.Invariant($"{name},{kind},{first + (between * i):yyyy-MM-ddTHH:mm:ssZ},{first.AddHours(hours) + (between * i):yyyy-MM-ddTHH:mm:ssZ}{values}"));
        folder.Write(Path.Combine("data", set, "calendar.csv"), string.Join('\n', rows.Prepend("name,kind,starts_at,ends_at" + features)));
    }

    private static void Lines(TemporaryFolder folder, string name, string header, IEnumerable<string> rows)
    {
        using var writer = new StreamWriter(new GZipStream(File.Create(folder[Path.Combine("data", name)]), CompressionLevel.Fastest));
        writer.WriteLine(header);
        foreach (string row in rows)
            writer.WriteLine(row);
    }

    private static DateTimeOffset At(int year, int month, int day) => new(year, month, day, 0, 0, 0, TimeSpan.Zero);
}
