using System.Diagnostics;
using Makalu.Capacity.Backtesting;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Benchmarks.Accuracy;

/// <summary><c>accuracy report SHARED DOCUMENT [ORIGINS]</c>: writes docs/accuracy.md, by the code that <c>makalu backtest</c> runs; for a quick look each replay with so many origins at the most, and two seasons of page views.</summary>
internal sealed class AccuracyReport(string shared, int? origins) : IDisposable
{
    private readonly StringWriter _text = new() { NewLine = "\n" };
    private readonly string _data = Path.Combine(shared, "data");
    private bool _complete = true;

    /// <summary>Measures everything and replaces the document; false where a section could not be measured, which the document then says.</summary>
    public bool Write(string document)
    {
        _text.WriteLine(AccuracyTexts.Head);
        Section("M4 hourly", () => M4Table.Write(_text, _data));
        Section("World Cup 1998", WorldCup);
        Section("Page views", Pageviews);
        Section("NASA, July and August 1995", Nasa);
        Section("Numenta: a load balancer, mentions of a company, a database's processor", Numenta);
        Section("The sample, and the day of the launch", Sample);
        _text.Write(AccuracyTexts.Foot);
        string temporary = document + ".tmp";
        File.WriteAllText(temporary, _text.ToString());
        File.Move(temporary, document, overwrite: true);
        return _complete;
    }

    public void Dispose() => _text.Dispose();

    private void Section(string title, Action write)
    {
        _text.WriteLine($"## {title}");
        var watch = Stopwatch.StartNew();
        try
        {
            write();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // One set that fails must not cost the others, nor go unseen.
            _complete = false;
            _text.WriteLine($"**Not measured:** {exception.Message}");
            _text.WriteLine();
            Console.Error.WriteLine(exception);
        }

        Console.Error.WriteLine(FormattableString.Invariant($"{title}: {watch.Elapsed.TotalSeconds:0} s"));
    }

    private void WorldCup()
    {
        RequestHistory history = Read("worldcup98", "requests-1m.csv.gz");
        CampaignCalendar calendar = Calendar("worldcup98");
        _text.WriteLine(AccuracyTexts.WorldCup);
        Command("--history worldcup98/requests-1m.csv.gz --calendar worldcup98/calendar.csv --step 5m --horizon 3d --from 1998-06-13T00:00:00Z --model auto --output worldcup.json --table worldcup.md");
        var runs = new Dictionary<(string Model, int Days), CapacityBacktestReport>();
        foreach (string model in new[] { "auto", "campaigns" })
        {
            foreach (int days in new[] { 2, 3, 4 })
            {
                runs[(model, days)] = Run(history, calendar, WorldCupOptions(days) with { Model = model });
            }
        }

        WorldCupTable.Write(_text, runs);
        _text.WriteLine("What plans for the three days to come, made each night with `auto`, would have meant:");
        _text.WriteLine();
        BacktestMarkdown.WriteDecision(_text, runs[("auto", 3)].Decision);
        foreach (string model in new[] { "auto", "campaigns" })
        {
            _text.WriteLine($"Each match as forecast at most three days ahead, with `--model {model} --every 3d`:");
            _text.WriteLine();
            BacktestMarkdown.WriteCampaigns(_text, Run(history, calendar, WorldCupOptions(3) with { Model = model, Every = TimeSpan.FromDays(3) }));
        }
    }

    private static CapacityBacktestOptions WorldCupOptions(int days) => new()
    {
        Step = TimeSpan.FromMinutes(5),
        Horizon = TimeSpan.FromDays(days),
        From = new DateTimeOffset(1998, 6, 13, 0, 0, 0, TimeSpan.Zero),
    };

    private void Pageviews()
    {
        RequestHistory history = Read("pageviews", "requests-1d.csv.gz");
        CampaignCalendar calendar = Calendar("pageviews");
        _text.WriteLine(AccuracyTexts.Pageviews);
        Command("--history pageviews/requests-1d.csv.gz --calendar pageviews/calendar.csv --horizon 60d --every 14d --from 2012-09-01T00:00:00Z --to 2013-02-14T00:00:00Z --output season.json --table season.md");
        PageviewsTable.Write(_text, history, calendar, origins is null ? 5 : 2, Run);
    }

    private void Nasa()
    {
        RequestHistory history = Read("nasa95", "requests-1m.csv.gz");
        _text.WriteLine(AccuracyTexts.Nasa);
        foreach ((string calendarOption, CampaignCalendar calendar) in new[] { ("", CampaignCalendar.Empty), (" --calendar nasa95/calendar.csv", Calendar("nasa95")) })
        {
            foreach ((int days, int firstDay) in new[] { (1, 4), (7, 12) })
            {
                Command(FormattableString.Invariant($"--history nasa95/requests-1m.csv.gz{calendarOption} --step 5m --horizon {days}d --from 1995-08-{firstDay:00}T04:00:00Z --output nasa.json --table nasa.md"));
                CapacityBacktestReport report = Run(history, calendar, new CapacityBacktestOptions { Step = TimeSpan.FromMinutes(5), Horizon = TimeSpan.FromDays(days), From = new DateTimeOffset(1995, 8, firstDay, 4, 0, 0, TimeSpan.Zero) });
                BacktestMarkdown.WriteAccuracy(_text, report);
                BacktestMarkdown.WritePeaks(_text, report.Accuracy.Peaks);
                if (days == 1)
                    BacktestMarkdown.WriteDecision(_text, report.Decision);
            }
        }
    }

    private void Numenta()
    {
        _text.WriteLine(AccuracyTexts.Numenta);
        foreach ((string name, int nights) in new[] { ("elb_request_count", 6), ("mentions_amzn", 28), ("rds_cpu_utilization", 6) })
        {
            RequestHistory history = SeriesFile.Read(Path.Combine(_data, "nab", name + ".csv.gz"), new SeriesFileOptions { RequestsColumn = "value" })[0];
            _text.WriteLine($"`{name}`: `makalu ingest nab/{name}.csv.gz --field requests=value --output {name}.csv`, then");
            _text.WriteLine();
            Command(FormattableString.Invariant($"--history {name}.csv --origins {nights} --output {name}.json --table {name}.md"));
            CapacityBacktestReport report = Run(history, CampaignCalendar.Empty, new CapacityBacktestOptions { Origins = nights });
            BacktestMarkdown.WriteAccuracy(_text, report);
            BacktestMarkdown.WritePeaks(_text, report.Accuracy.Peaks);
        }
    }

    private void Sample()
    {
        string sample = SampleFolder();
        RequestHistory history = SampleHistory(sample);
        CampaignCalendar calendar = CampaignCalendarReader.Read(Path.Combine(sample, "calendar.csv"));
        SystemDescription system = SystemDescriptionReader.Read(Path.Combine(sample, "system.json"));
        var options = new CapacityBacktestOptions { Step = TimeSpan.FromMinutes(5), Origins = 28 };
        _text.WriteLine(AccuracyTexts.Sample);
        _text.WriteLine("In requests per second:");
        _text.WriteLine();
        CapacityBacktestReport rates = Run(history, calendar, options);
        BacktestMarkdown.Write(_text, rates);
        _text.WriteLine("In connections (`--system data/system.json`), sized by the closed form, with the target's headroom:");
        _text.WriteLine();
        BacktestMarkdown.WriteDecision(_text, Run(history, calendar, options, system).Decision);
    }

    private static RequestHistory SampleHistory(string folder)
    {
        RequestHistory before = SeriesFile.Read(Path.Combine(folder, "requests.csv.gz"))[0];
        RequestHistory day = SeriesFile.Read(Directory.GetFiles(Path.Combine(folder, "actual")).Single())[0];
        return new RequestHistory
        {
            Requests = Joined(before.Requests, day.Requests),
            PeakRequestsPerSecond = Joined(before.PeakRequestsPerSecond!, day.PeakRequestsPerSecond!),
            Quality = before.Quality,
        };
    }

    private static TimeSeries Joined(TimeSeries before, TimeSeries after)
    {
        TimeSeries padded = before.PadTo(after.Start);
        return new TimeSeries(padded.Start, padded.Step, [.. padded.Values, .. after.Values]);
    }

    /// <summary>The sample that is part of the repository.</summary>
    private static string SampleFolder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "data");
            if (File.Exists(Path.Combine(candidate, "system.json")))
                return candidate;
        }

        throw new DirectoryNotFoundException("The repository's folder data is not there.");
    }

    private CapacityBacktestReport Run(RequestHistory history, CampaignCalendar calendar, CapacityBacktestOptions options) => Run(history, calendar, options, system: null);

    private CapacityBacktestReport Run(RequestHistory history, CampaignCalendar calendar, CapacityBacktestOptions options, SystemDescription? system)
        => new CapacityBacktest(Limited(options)).Run(history, calendar, system);

    private CapacityBacktestOptions Limited(CapacityBacktestOptions options)
    {
        if (origins is not { } most)
            return options;

        return options.From is { } from ? options with { To = from + (options.Every * (most - 1)) } : options with { Origins = most };
    }

    private RequestHistory Read(string set, string file) => SeriesFile.Read(Path.Combine(_data, set, file))[0];

    private CampaignCalendar Calendar(string set) => CampaignCalendarReader.Read(Path.Combine(_data, set, "calendar.csv"));

    private void Command(string arguments)
    {
        _text.WriteLine($"    makalu backtest {arguments}");
        _text.WriteLine();
    }
}
