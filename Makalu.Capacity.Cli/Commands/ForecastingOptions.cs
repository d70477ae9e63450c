using System.CommandLine;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Cli.Arguments;
using Makalu.Capacity.Cli.Output;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Cli.Commands;

/// <summary>The options that every command which forecasts takes, and what they stand for.</summary>
internal sealed class ForecastingOptions
{
    private readonly Option<string> _history = new("--history") { Description = "Series file (CSV, gzip accepted; - is standard input): timestamp,requests[,peak_rps][,series].", HelpName = "file", Required = true };
    private readonly Option<string?> _calendar = new("--calendar") { Description = "Calendar file (CSV or iCalendar): campaigns past and planned, and incidents to leave out of fitting.", HelpName = "file" };
    private readonly Option<string?> _series = new("--series") { Description = "The one series of the history to use. Default: all.", HelpName = "name" };
    private readonly Option<DateTimeOffset?> _from;
    private readonly Option<TimeSpan?> _step = DurationArgument.Option("--step", "The step to forecast at, a multiple of the history's. Default: the history's own.");
    private readonly Option<string> _model = new("--model") { Description = $"The forecaster; auto chooses by how each does on the history. The others: {string.Join(", ", ForecasterCatalog.Names.Skip(1))}.", HelpName = "name", DefaultValueFactory = _ => ForecasterCatalog.Auto };
    private readonly Option<TimeZoneInfo?> _zone = TimeZoneArgument.Option("The zone by whose local clock a day has its shape, for example America/Santiago. Default: UTC.");
    private readonly Option<int> _paths = new("--paths") { Description = "Simulated futures, 100 to 100000: more of them for quantiles beyond 0.99.", HelpName = "number", DefaultValueFactory = _ => 1000 };
    private readonly Option<int> _seed = new("--seed") { Description = "The seed of the simulation; the same seed gives the same bytes.", HelpName = "number", DefaultValueFactory = _ => 1 };
    private readonly Option<TimeSpan?> _budget = DurationArgument.Option("--budget", "The processor time that forecasting a series may take, for example 500ms: less is tried, in steps told by --verbose. The step follows from the size of the work, so that results can be repeated. Default: all that is worth while.");
    private readonly Option<int?> _threads = ThreadsArgument.Option();
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print nothing but errors." };

    public ForecastingOptions(string from = "The forecast's origin; nothing at or after it is used. Default: the end of the history.")
    {
        _from = TimeArgument.Option("--from", from);
        _model.AcceptOnlyFromAmong([.. ForecasterCatalog.Names]);
    }

    public void AddTo(Command command)
    {
        command.Add(_history);
        command.Add(_calendar);
        command.Add(_series);
        command.Add(_from);
        command.Add(_step);
        command.Add(_model);
        command.Add(_zone);
        command.Add(_paths);
        command.Add(_seed);
        command.Add(_budget);
        command.Add(_threads);
        command.Add(_quiet);
    }

    public bool IsQuiet(ParseResult parsed) => parsed.GetValue(_quiet);

    public int Threads(ParseResult parsed) => ThreadsArgument.Of(parsed, _threads);

    /// <summary>Names the inputs that no result may replace.</summary>
    public void Protect(ParseResult parsed, OutputTransaction outputs)
    {
        outputs.Protect(parsed.GetValue(_history));
        outputs.Protect(parsed.GetValue(_calendar));
    }

    /// <summary>The settings of the planner, checked.</summary>
    public CapacityPlannerOptions Planner(ParseResult parsed, TimeSpan horizon)
    {
        var options = new CapacityPlannerOptions
        {
            Origin = parsed.GetValue(_from),
            Horizon = horizon,
            Step = parsed.GetValue(_step),
            Model = parsed.GetRequiredValue(_model),
            TimeZone = parsed.GetValue(_zone),
            Paths = parsed.GetValue(_paths),
            Seed = parsed.GetValue(_seed),
            Budget = parsed.GetValue(_budget),
            MaxDegreeOfParallelism = ThreadsArgument.Of(parsed, _threads),
        };
        try
        {
            options.Validate();
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(exception.Message, exception);
        }

        return options;
    }

    /// <summary>The histories to forecast from, as they were at the origin: all of the file, or the one that was named.</summary>
    public IReadOnlyList<RequestHistory> ReadHistoriesAtOrigin(ParseResult parsed, CancellationToken cancellationToken)
        => ReadHistories(parsed, new SeriesFileOptions { Origin = parsed.GetValue(_from) }, cancellationToken);

    /// <summary>The one history to plan for, as it was at the origin.</summary>
    public RequestHistory ReadHistoryAtOrigin(ParseResult parsed, CancellationToken cancellationToken)
        => One(parsed, ReadHistoriesAtOrigin(parsed, cancellationToken));

    /// <summary>The whole of the one history to replay.</summary>
    public RequestHistory ReadHistory(ParseResult parsed, CancellationToken cancellationToken)
        => One(parsed, ReadHistories(parsed, SeriesFileOptions.Default, cancellationToken));

    /// <summary>The calendar, with repeating events over the span of the histories and the horizon.</summary>
    public CampaignCalendar ReadCalendar(CommandConsole console, ParseResult parsed, IReadOnlyList<RequestHistory> histories, TimeSpan horizon)
    {
        if (parsed.GetValue(_calendar) is not string path)
        {
            return CampaignCalendar.Empty;
        }

        DateTimeOffset lastOrigin = parsed.GetValue(_from) ?? histories.Max(h => h.Requests.End);
        CampaignCalendar calendar = CampaignCalendarReader.Read(path, new CampaignCalendarReaderOptions
        {
            RepetitionsFrom = histories.Min(h => h.Requests.Start),
            RepetitionsUntil = lastOrigin + horizon,
        });
        if (calendar.RepeatedEntries > 0 && !IsQuiet(parsed))
        {
            console.Tell(FormattableString.Invariant($"note: entries of the calendar: {calendar.RepeatedEntries:N0} there already, word for word, counted once."));
        }

        return calendar;
    }

    private IReadOnlyList<RequestHistory> ReadHistories(ParseResult parsed, SeriesFileOptions options, CancellationToken cancellationToken)
    {
        string path = parsed.GetRequiredValue(_history);
        IReadOnlyList<RequestHistory> histories = SeriesFile.Read(path, options, cancellationToken);
        if (parsed.GetValue(_series) is string name)
        {
            RequestHistory? one = histories.FirstOrDefault(h => h.Name == name);
            histories = [one ?? throw new UsageException($"{path}: has no series '{name}'. {(histories is [{ Name: "" }] ? "Its one series has no name: leave --series out" : $"It has: {Names(histories)}")}.")];
        }

        foreach (RequestHistory history in histories)
        {
            CheckStep(parsed, history);
        }

        return histories;
    }

    private RequestHistory One(ParseResult parsed, IReadOnlyList<RequestHistory> histories)
        => histories.Count == 1
            ? histories[0]
            : throw new UsageException($"{parsed.GetRequiredValue(_history)}: holds {histories.Count} series, and a plan is made for one. Choose with --series: {Names(histories)}.");

    private void CheckStep(ParseResult parsed, RequestHistory history)
    {
        TimeSpan own = history.Requests.Step;
        if (parsed.GetValue(_step) is TimeSpan step && step.Ticks % own.Ticks != 0)
        {
            throw new UsageException($"--step {DurationArgument.Format(step)} is no whole multiple of the history's step of {DurationArgument.Format(own)}. Use {DurationArgument.Format(own)}, or a multiple of it.");
        }
    }

    private static string Names(IReadOnlyList<RequestHistory> histories)
    {
        const int Shown = 10;
        string names = string.Join(", ", histories.Take(Shown).Select(h => h.Name));
        return histories.Count > Shown ? $"{names} and {histories.Count - Shown} more" : names;
    }
}
