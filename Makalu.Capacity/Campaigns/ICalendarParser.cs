using System.Diagnostics.CodeAnalysis;
using Ical.Net;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Ical.Net.Evaluation;

namespace Makalu.Capacity.Campaigns;

/// <summary>The calendar file as iCalendar: Ical.Net reads and expands, <see cref="ICalendarOutline"/> knows the lines to name in errors.</summary>
internal sealed class ICalendarParser
{
    private const string FeaturePrefix = "X-MAKALU-";
    private const string KindProperty = "X-MAKALU-KIND";
    private const int MaximumRepetitions = 10_000;
    private const int DefaultYears = 20;

    private static readonly string[] TimeProperties = ["DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"];

    // A rule that matches no date at all, such as 30 February, would be searched for without end.
    private static readonly EvaluationOptions Evaluation = new() { MaxUnmatchedIncrementsLimit = 100_000 };

    private readonly CampaignCalendarReaderOptions _options;
    private readonly List<CalendarFormatError> _errors;
    private readonly List<Campaign> _entries = [];
    private readonly string? _zone;

    private ICalendarParser(ICalendarOutline outline, CampaignCalendarReaderOptions options, List<CalendarFormatError> errors)
    {
        _options = options;
        _errors = errors;
        _zone = outline.TimeZone;
        if (_zone is not null && !TryLoadEvent([$"DTSTART;TZID={_zone}:20240101T000000"], out _, out string? problem))
        {
            _errors.Add(new(outline.TimeZoneLine, "X-WR-TIMEZONE", $"'{_zone}' is no known time zone ({problem}). Use an IANA name such as America/Santiago."));
        }
    }

    public static IReadOnlyList<Campaign> Parse(string text, CampaignCalendarReaderOptions options, List<CalendarFormatError> errors)
    {
        ICalendarOutline outline = ICalendarOutline.Read(text, errors);
        if (errors.Count > 0)
        {
            return [];
        }

        var parser = new ICalendarParser(outline, options, errors);
        if (errors.Count > 0)
        {
            return [];
        }

        // Events of one UID belong together: the later ones move or change repetitions of the first.
        int unnamed = 0;
        foreach (IGrouping<string, ICalendarEvent> group in outline.Events.GroupBy(e => e["UID"]?.Value ?? FormattableString.Invariant($"\0{unnamed++}"), StringComparer.Ordinal))
        {
            parser.ReadGroup([.. group]);
        }

        return parser._entries;
    }

    private void ReadGroup(ICalendarEvent[] events)
    {
        int before = _errors.Count;
        foreach (ICalendarEvent item in events)
        {
            Check(item);
        }

        if (_errors.Count > before)
        {
            return;
        }

        ICalendarEvent first = events[0];
        try
        {
            if (!TryLoad(events.Select(e => e.Text), out Calendar? calendar, out string? problem))
            {
                _errors.Add(new(first.Line, null, $"the event cannot be read ({problem}). Export it again, or correct it as RFC 5545 has it."));
                return;
            }

            Expand(calendar, events);
        }
        catch (EvaluationException e)
        {
            ICalendarProperty? rule = first["RRULE"];
            _errors.Add(new(rule?.Line ?? first.Line, "RRULE", $"'{rule?.ShortValue}' cannot be expanded ({e.Message.TrimEnd('.')}). Correct the rule."));
        }
    }

    private void Expand(Calendar calendar, ICalendarEvent[] events)
    {
        ICalendarEvent first = events[0];
        bool repeats = events.Length > 1 || first["RRULE"] is not null || first["RDATE"] is not null;
        DateTimeOffset until = _options.RepetitionsUntil ?? DateTimeOffset.MaxValue;
        int count = 0;
        foreach (Occurrence occurrence in calendar.GetOccurrences<CalendarEvent>(null, Evaluation))
        {
            DateTimeOffset startsAt = ToUtc(occurrence.Period.StartTime);
            DateTimeOffset endsAt = ToUtc(occurrence.Period.EffectiveEndTime!);
            if (count == 0 && _options.RepetitionsUntil is null)
            {
                until = startsAt.AddYears(DefaultYears);
            }

            if (repeats && startsAt >= until)
            {
                break;
            }

            if (++count > MaximumRepetitions)
            {
                _errors.Add(new(first["RRULE"]?.Line ?? first.Line, "RRULE", FormattableString.Invariant($"'{first["RRULE"]?.ShortValue}' gives more than {MaximumRepetitions} repetitions before {until:yyyy-MM-dd}. Bound it with UNTIL or COUNT.")));
                return;
            }

            var source = (CalendarEvent)occurrence.Source;
            bool cancelled = string.Equals(source.Status, "CANCELLED", StringComparison.OrdinalIgnoreCase);
            if (!cancelled && !(repeats && _options.RepetitionsFrom is DateTimeOffset from && endsAt <= from))
            {
                _entries.Add(new Campaign(source.Summary!.Trim(), Kind(source)!, startsAt, endsAt, Features(source)));
            }
        }
    }

    /// <summary>Reports everything that is wrong with one event, each with its own line.</summary>
    private void Check(ICalendarEvent item)
    {
        int before = _errors.Count;
        foreach (ICalendarProperty property in item.Properties.Where(p => TimeProperties.Contains(p.Name, StringComparer.Ordinal)))
        {
            CheckTime(property);
        }

        if (item["DTSTART"] is null)
        {
            _errors.Add(new(item.Line, "DTSTART", "the event has no start. Add DTSTART, for example DTSTART:20240915T140000Z."));
        }

        if (_errors.Count > before)
        {
            return;
        }

        if (!TryLoad([item.Text], out Calendar? calendar, out string? problem))
        {
            _errors.Add(new(item.Line, null, $"the event cannot be read ({problem}). Export it again, or correct it as RFC 5545 has it."));
            return;
        }

        CalendarEvent entry = calendar.Events[0]!;
        if (string.IsNullOrWhiteSpace(entry.Summary))
        {
            _errors.Add(new(item.Line, "SUMMARY", "the event has no name. Add SUMMARY."));
        }

        if (string.IsNullOrWhiteSpace(Kind(entry)))
        {
            _errors.Add(new(item.Line, "CATEGORIES", "the event has no kind. Add CATEGORIES or X-MAKALU-KIND: campaigns of one kind are expected to act alike."));
        }

        CheckEnd(item, entry);
        foreach ((string column, string value, string rule, string remedy) in PlannerAssumption.ProblemsOf(Features(entry)))
        {
            string property = FeaturePrefix + column.ToUpperInvariant().Replace('_', '-');
            _errors.Add(new((item[property] ?? item[property.Replace('-', '_')])?.Line ?? item.Line, property, $"'{value}' {rule} {remedy}"));
        }
    }

    private void CheckTime(ICalendarProperty property)
    {
        string start = property.Name == "DTSTART" ? property.Text : "DTSTART:20240101T000000Z";
        string[] lines = property.Name == "DTSTART" ? [start] : [start, property.Text];
        bool loaded = TryLoadEvent(lines, out CalendarEvent? entry, out string? problem);
        bool known = loaded && property.Name switch
        {
            "DTSTART" => entry!.DtStart is not null,
            "DTEND" => entry!.DtEnd is not null,
            "DURATION" => entry!.Duration is not null,
            _ => true,
        };
        if (!known)
        {
            string reason = problem is null ? "" : $" ({problem})";
            _errors.Add(new(property.Line, property.Name, $"'{property.ShortValue}' cannot be read{reason}. Write it as RFC 5545 has it, a time for example as 20240915T140000Z, or with an IANA time zone as ;TZID=America/Santiago:20240915T110000."));
        }
        else if (property.Name is "DTSTART" or "DTEND" && _zone is null
            && (property.Name == "DTSTART" ? entry!.DtStart : entry!.DtEnd) is { IsFloating: true, HasTime: true })
        {
            _errors.Add(new(property.Line, property.Name, $"'{property.ShortValue}' has no time zone. Append Z for UTC, or give a TZID, or add X-WR-TIMEZONE to the calendar."));
        }
    }

    private void CheckEnd(ICalendarEvent item, CalendarEvent entry)
    {
        ICalendarProperty? end = item["DTEND"] ?? item["DURATION"];
        if (end is null && entry.IsAllDay)
        {
            return;
        }

        if (end is null)
        {
            _errors.Add(new(item.Line, "DTEND", "the event has no end. Add DTEND or DURATION."));
            return;
        }

        CalDateTime start = entry.DtStart!;
        CalDateTime finish = entry.DtEnd ?? start.Add(entry.Duration!.Value);
        if (ToUtc(finish) <= ToUtc(start))
        {
            _errors.Add(new(end.Line, end.Name, $"'{end.ShortValue}' puts the end not after the start '{item["DTSTART"]!.ShortValue}'. Give an end later than the start; the end is exclusive."));
        }
    }

    private DateTimeOffset ToUtc(CalDateTime time)
    {
        if (time.IsFloating && _zone is not null)
        {
            time = new CalDateTime(time.Date, time.Time ?? TimeOnly.MinValue, _zone);
        }

        return new DateTimeOffset(DateTime.SpecifyKind(time.AsUtc, DateTimeKind.Utc));
    }

    private static string? Kind(CalendarEvent entry)
        => entry.Properties.Get<string>(KindProperty)?.Trim() ?? entry.Categories?.FirstOrDefault(c => !string.IsNullOrWhiteSpace(c))?.Trim();

    private static IEnumerable<KeyValuePair<string, string>> Features(CalendarEvent entry) => entry.Properties
        .Where(p => p.Name.StartsWith(FeaturePrefix, StringComparison.OrdinalIgnoreCase) && !string.Equals(p.Name, KindProperty, StringComparison.OrdinalIgnoreCase))
        .GroupBy(p => p.Name[FeaturePrefix.Length..].ToLowerInvariant().Replace('-', '_'), StringComparer.Ordinal)
        .Select(g => new KeyValuePair<string, string>(g.Key, (g.Last().Value as string ?? "").Trim()));

    private static bool TryLoadEvent(string[] eventLines, [NotNullWhen(true)] out CalendarEvent? entry, out string? problem)
    {
        bool loaded = TryLoad(["BEGIN:VEVENT\r\n" + string.Join("\r\n", eventLines) + "\r\nEND:VEVENT"], out Calendar? calendar, out problem);
        entry = loaded ? calendar!.Events[0] : null;
        return entry is not null;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Ical.Net tells bad input by many exception types, ArgumentException and SerializationException among them.")]
    private static bool TryLoad(IEnumerable<string> events, [NotNullWhen(true)] out Calendar? calendar, out string? problem)
    {
        try
        {
            calendar = Calendar.Load("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + string.Join("\r\n", events) + "\r\nEND:VCALENDAR\r\n");
            problem = calendar is null ? "it is empty" : null;
            foreach (CalDateTime? time in calendar?.Events.SelectMany(e => new[] { e.DtStart, e.DtEnd }) ?? [])
            {
                // Ical.Net looks a time zone up only when it is needed.
                _ = time?.AsUtc;
            }

            return calendar is not null;
        }
        catch (Exception e)
        {
            calendar = null;
            problem = e.Message.TrimEnd('.');
            return false;
        }
    }
}
