using System.CommandLine;
using System.Globalization;
using Makalu.Capacity.Cli.Arguments;
using Makalu.Capacity.Logs;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Cli.Commands;

/// <summary>The options of <c>makalu ingest</c>, and what they stand for.</summary>
internal sealed class IngestOptions
{
    private static readonly Dictionary<string, LogFormat> Formats = new(StringComparer.Ordinal)
    {
        ["auto"] = LogFormat.Auto,
        ["access"] = LogFormat.AccessLog,
        ["w3c"] = LogFormat.W3CExtended,
        ["json"] = LogFormat.JsonLines,
        ["csv"] = LogFormat.Csv,
    };

    private static readonly Dictionary<string, DurationUnit> Units = new(StringComparer.Ordinal)
    {
        ["auto"] = DurationUnit.Auto,
        ["s"] = DurationUnit.Seconds,
        ["ms"] = DurationUnit.Milliseconds,
        ["us"] = DurationUnit.Microseconds,
        ["ns"] = DurationUnit.Nanoseconds,
    };

    private static readonly string[] LogFields = ["time", "route", "status", "duration"];
    private static readonly string[] SeriesFields = ["timestamp", "requests", "peak_rps", "series"];

    private readonly Argument<string[]> _logs = new("logs") { Description = "Request logs, plain or gzip: names, quoted patterns ('logs/*.gz', '**/access.log*'), or - for standard input. A series file is taken too, to map its columns or lengthen its step.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> _output = new("--output", "-o") { Description = "Where to write the series file (CSV, gzip if the name ends in .gz); - is standard output.", HelpName = "file", Required = true };
    private readonly Option<TimeSpan?> _step = DurationArgument.Option("--step", "The step to count by, whole seconds up to 1d. Default: 1m; of a series file, its own.");
    private readonly Option<string> _format = Choice("--format", "The format of the logs; auto tells it from the content of each file.", Formats.Keys);
    private readonly Option<TimeZoneInfo?> _timeZone = TimeZoneArgument.Option("The zone of times without an offset, in JSON and CSV logs, for example Europe/Berlin. Default: UTC.");
    private readonly Option<string[]> _fields = new("--field") { Description = "The name of a field or column, as time=when; of logs: time, route, status, duration; of series files: timestamp, requests, peak_rps, series.", HelpName = "field=name" };
    private readonly Option<string> _unit = Choice("--duration-unit", "The unit of durations; auto tells it by the field's name and form.", Units.Keys);
    private readonly Option<string[]> _include = new("--include") { Description = "Take only requests whose path matches, for example '/api/*'.", HelpName = "pattern" };
    private readonly Option<string[]> _exclude = new("--exclude") { Description = "Leave out requests whose path matches, for example '/static/*' or '*.css'.", HelpName = "pattern" };
    private readonly Option<string[]> _status = new("--status") { Description = "Take only requests with these statuses, for example 2xx,404.", HelpName = "list" };
    private readonly Option<string[]> _excludeStatus = new("--exclude-status") { Description = "Leave out requests with these statuses.", HelpName = "list" };
    private readonly Option<DateTimeOffset?> _from = TimeArgument.Option("--from", "Take only requests at or after this time.");
    private readonly Option<DateTimeOffset?> _to = TimeArgument.Option("--to", "Take only requests before this time.");
    private readonly DefaultedOption<double> _maxBadLines = CreateMaxBadLines();
    private readonly Option<string> _gaps = Choice("--gaps", "What to do with missing steps: leave them unknown, or interpolate by season.", ["leave", "interpolate"]);
    private readonly Option<string> _name = new("--name") { Description = "The name of the series. Default: none.", HelpName = "name", DefaultValueFactory = _ => "" };
    private readonly Option<int?> _threads = ThreadsArgument.Option();
    private readonly Option<bool> _json = JsonOption.Create();
    private readonly Option<bool> _verbose = VerboseOption.Create("what became of the lines of each file, which filter passed over how many requests, and what was wrong with malformed lines");
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print nothing but errors." };

    public void AddTo(Command command)
    {
        command.Add(_logs);
        foreach (Option option in new Option[] { _output, _step, _format, _timeZone, _fields, _unit, _include, _exclude, _status, _excludeStatus, _from, _to, _maxBadLines, _gaps, _name, _threads, _json, _verbose, _quiet })
        {
            command.Add(option);
        }
    }

    public string[] Logs(ParseResult parsed) => parsed.GetRequiredValue(_logs);

    public string Output(ParseResult parsed) => parsed.GetRequiredValue(_output);

    public TimeSpan? Step(ParseResult parsed) => parsed.GetValue(_step);

    public string Name(ParseResult parsed) => parsed.GetRequiredValue(_name);

    public GapPolicy Gaps(ParseResult parsed) => parsed.GetValue(_gaps) == "leave" ? GapPolicy.LeaveMissing : GapPolicy.InterpolateBySeason;

    public bool IsQuiet(ParseResult parsed) => parsed.GetValue(_quiet);

    public bool IsVerbose(ParseResult parsed) => parsed.GetValue(_verbose);

    public bool AsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>How to read logs.</summary>
    public RequestLogOptions Reader(ParseResult parsed)
    {
        Dictionary<string, string> fields = Fields(parsed);
        return new RequestLogOptions
        {
            Format = Formats[parsed.GetRequiredValue(_format)],
            TimeZone = parsed.GetValue(_timeZone) ?? TimeZoneInfo.Utc,
            Fields = new LogFieldNames
            {
                Time = fields.GetValueOrDefault("time"),
                Route = fields.GetValueOrDefault("route"),
                Status = fields.GetValueOrDefault("status"),
                Duration = fields.GetValueOrDefault("duration"),
            },
            DurationUnit = Units[parsed.GetRequiredValue(_unit)],
            IncludeRoutes = parsed.GetValue(_include) ?? [],
            ExcludeRoutes = parsed.GetValue(_exclude) ?? [],
            IncludeStatuses = Statuses(parsed.GetValue(_status)),
            ExcludeStatuses = Statuses(parsed.GetValue(_excludeStatus)),
            From = parsed.GetValue(_from),
            To = parsed.GetValue(_to),
            MaxBadLineFraction = _maxBadLines.Of(parsed),
            MaxDegreeOfParallelism = ThreadsArgument.Of(parsed, _threads),
        };
    }

    /// <summary>How to read a series file.</summary>
    public SeriesFileOptions SeriesColumns(ParseResult parsed)
    {
        Dictionary<string, string> fields = Fields(parsed);
        SeriesFileOptions documented = SeriesFileOptions.Default;
        return new SeriesFileOptions
        {
            TimestampColumn = fields.GetValueOrDefault("timestamp", documented.TimestampColumn),
            RequestsColumn = fields.GetValueOrDefault("requests", documented.RequestsColumn),
            PeakColumn = fields.GetValueOrDefault("peak_rps", documented.PeakColumn),
            SeriesColumn = fields.GetValueOrDefault("series", documented.SeriesColumn),
        };
    }

    /// <summary>The series file among the inputs, where it is one; null for logs.</summary>
    public string? SeriesFileAmong(ParseResult parsed)
    {
        string[] logs = Logs(parsed);
        string? series = parsed.GetValue(_format) != "auto" ? null : logs.FirstOrDefault(l => File.Exists(l) && SeriesFile.IsSeriesFile(l, SeriesColumns(parsed)));
        return series is null || logs.Length == 1
            ? series
            : throw new UsageException($"{series}: is a series file, and is read on its own. Leave out the other inputs, or this one.");
    }

    private static Dictionary<string, string> Fields(ParseResult parsed, Option<string[]> option)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string field in parsed.GetValue(option) ?? [])
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? field : field[..equals];
            if (equals < 0 || equals == field.Length - 1 || !(LogFields.Contains(key) || SeriesFields.Contains(key)))
            {
                throw new UsageException($"--field {field}: write field=name, where field is one of {string.Join(", ", LogFields)} for logs, and {string.Join(", ", SeriesFields)} for series files.");
            }

            fields[key] = field[(equals + 1)..];
        }

        return fields;
    }

    private Dictionary<string, string> Fields(ParseResult parsed) => Fields(parsed, _fields);

    private static string[] Statuses(string[]? lists)
        => [.. (lists ?? []).SelectMany(l => l.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    private static Option<string> Choice(string name, string description, IReadOnlyCollection<string> values)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => values.First() };
        option.AcceptOnlyFromAmong([.. values]);
        return option;
    }

    private static DefaultedOption<double> CreateMaxBadLines() => new("--max-bad-lines", "The part of the lines that may be malformed, 0 to 1, before it is an error.", RequestLogOptions.Default.MaxBadLineFraction, RequestLogOptions.Default.MaxBadLineFraction.ToString(CultureInfo.InvariantCulture))
    {
        HelpName = "fraction",
        CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double fraction) && fraction is >= 0 and <= 1)
            {
                return fraction;
            }

            result.AddError($"--max-bad-lines: '{result.Tokens[0].Value}' is not a fraction. Write a number from 0 to 1, for example 0.01.");
            return 0;
        },
    };
}
