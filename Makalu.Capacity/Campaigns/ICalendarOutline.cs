namespace Makalu.Capacity.Campaigns;

/// <summary>
/// The events of an iCalendar text with the lines they stand on, which Ical.Net does not keep: content lines are unfolded
/// (RFC 5545, 3.1) and grouped by component, nothing more.
/// </summary>
internal sealed class ICalendarOutline
{
    private readonly List<ICalendarEvent> _events = [];

    private ICalendarOutline()
    {
    }

    public IReadOnlyList<ICalendarEvent> Events => _events;

    public string? TimeZone { get; private set; }

    public int TimeZoneLine { get; private set; }

    public static ICalendarOutline Read(string text, List<CalendarFormatError> errors)
    {
        var outline = new ICalendarOutline();
        var open = new Stack<ICalendarProperty>();
        ICalendarEvent? current = null;
        foreach (ICalendarProperty line in ContentLines(text))
        {
            string component = line.Value.Trim().ToUpperInvariant();
            if (open.Count == 0 && !(line.Name == "BEGIN" && component == "VCALENDAR"))
            {
                errors.Add(new(line.Line, null, $"'{line.ShortText}' stands outside a calendar. An iCalendar file starts with BEGIN:VCALENDAR and ends with END:VCALENDAR."));
                return outline;
            }

            if (line.Name == "BEGIN")
            {
                open.Push(line);
                if (component == "VEVENT")
                {
                    current = new ICalendarEvent(line.Line);
                    outline._events.Add(current);
                }
            }

            current?.Add(line, isOwn: open.Peek().Value.Trim().Equals("VEVENT", StringComparison.OrdinalIgnoreCase));
            if (open.Count == 1 && line.Name == "X-WR-TIMEZONE")
            {
                outline.TimeZone = line.Value.Trim();
                outline.TimeZoneLine = line.Line;
            }

            if (line.Name == "END")
            {
                ICalendarProperty begin = open.Pop();
                if (!string.Equals(begin.Value.Trim(), component, StringComparison.OrdinalIgnoreCase))
                {
                    errors.Add(new(line.Line, null, FormattableString.Invariant($"'{line.ShortText}' does not close '{begin.ShortText}' of line {begin.Line}. Export the file again.")));
                    return outline;
                }

                current = component == "VEVENT" ? null : current;
            }
        }

        if (open.Count > 0)
        {
            errors.Add(new(open.Peek().Line, null, $"'{open.Peek().ShortText}' is never closed: the file ends early. Copy or export it again."));
        }

        return outline;
    }

    private static IEnumerable<ICalendarProperty> ContentLines(string text)
    {
        using var reader = new StringReader(text);
        int number = 0;
        int start = 0;
        var content = new System.Text.StringBuilder();
        while (reader.ReadLine() is string line)
        {
            number++;
            if (content.Length > 0 && line is [' ' or '\t', ..])
            {
                content.Append(line, 1, line.Length - 1);
                continue;
            }

            if (content.Length > 0)
            {
                yield return new ICalendarProperty(content.ToString(), start);
                content.Clear();
            }

            if (!string.IsNullOrWhiteSpace(line))
            {
                content.Append(line);
                start = number;
            }
        }

        if (content.Length > 0)
        {
            yield return new ICalendarProperty(content.ToString(), start);
        }
    }
}
