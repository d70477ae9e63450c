using System.Text;
using Makalu.Capacity.Logs;

namespace Makalu.Capacity.Campaigns;

/// <summary>
/// Reads calendar files, plain or gzip: CSV (<c>name,kind,starts_at,ends_at</c> in any order, every further column a feature) and
/// iCalendar (RFC 5545), told apart by content.
/// </summary>
/// <remarks>
/// <para>CSV: times are ISO 8601; one without an offset is UTC, a date alone is its midnight UTC, and the end is exclusive. An empty
/// feature is unknown.</para>
/// <para>iCalendar: <c>SUMMARY</c> is the name, <c>X-MAKALU-KIND</c> or else the first of <c>CATEGORIES</c> the kind, and
/// <c>X-MAKALU-AUDIENCE</c> the feature <c>audience</c>, as with every other property that starts so. Repeating events are expanded
/// (<c>RRULE</c>, <c>RDATE</c>, <c>EXDATE</c>, <c>RECURRENCE-ID</c>), cancelled ones left out. Times are those of their <c>TZID</c>;
/// times without a zone and whole days are those of the file's <c>X-WR-TIMEZONE</c>. Without that, whole days are UTC days and a time
/// without a zone is an error.</para>
/// </remarks>
public static class CampaignCalendarReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a calendar file.</summary>
    /// <param name="path">A file, plain or gzip; <c>-</c> for standard input.</param>
    /// <param name="options">How far to expand repeating events; null for the defaults.</param>
    /// <returns>The calendar; empty where the file has a header and no entries. An entry that is there again word for word counts once, and is counted in <see cref="CampaignCalendar.RepeatedEntries"/>.</returns>
    /// <exception cref="CalendarFormatException">The file is no calendar, or entries of it are wrong: all of them are told together.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static CampaignCalendar Read(string path, CampaignCalendarReaderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using Stream unpacked = InputStream.Open(path);
        return Parse(unpacked, InputStream.DisplayName(path), options ?? new());
    }

    /// <summary>Reads a calendar from a stream.</summary>
    /// <param name="stream">The content, plain or gzip; read to its end and left open.</param>
    /// <param name="name">What messages call it, for example its file name.</param>
    /// <param name="options">How far to expand repeating events; null for the defaults.</param>
    /// <returns>The calendar; empty where the stream has a header and no entries. An entry that is there again word for word counts once, and is counted in <see cref="CampaignCalendar.RepeatedEntries"/>.</returns>
    /// <exception cref="CalendarFormatException">The stream holds no calendar, or entries of it are wrong: all of them are told together.</exception>
    public static CampaignCalendar Read(Stream stream, string name, CampaignCalendarReaderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        using Stream unpacked = InputStream.Unpack(stream, leaveOpen: true);
        return Parse(unpacked, name, options ?? new());
    }

    private static CampaignCalendar Parse(Stream unpacked, string name, CampaignCalendarReaderOptions options)
    {
        string text = Decode(unpacked, name);
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new CalendarFormatException(name, [new(0, null, "the file is empty. A calendar without entries still has its header: name,kind,starts_at,ends_at.")]);
        }

        var errors = new List<CalendarFormatError>();
        IReadOnlyList<Campaign> entries = IsICalendar(text, name) ? ICalendarParser.Parse(text, options, errors) : CsvCalendarParser.Parse(text, errors);
        if (errors.Count > 0)
        {
            throw new CalendarFormatException(name, [.. errors.OrderBy(e => e.Line)]);
        }

        // An export that is joined to another has entries twice; they would bring their traffic twice.
        Campaign[] distinct = [.. entries.DistinctBy(WordForWord)];
        return new CampaignCalendar(distinct) { RepeatedEntries = entries.Count - distinct.Length };
    }

    private static (string Name, string Kind, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string Features) WordForWord(Campaign entry)
        => (entry.Name, entry.Kind, entry.StartsAt, entry.EndsAt, string.Join('\u001f', entry.Features.OrderBy(f => f.Key, StringComparer.Ordinal).SelectMany(f => new[] { f.Key, f.Value })));

    private static bool IsICalendar(string text, string name)
    {
        ReadOnlySpan<char> file = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name.AsSpan(0, name.Length - 3) : name;
        return file.EndsWith(".ics", StringComparison.OrdinalIgnoreCase)
            || text.AsSpan().TrimStart().StartsWith("BEGIN:VCALENDAR", StringComparison.OrdinalIgnoreCase);
    }

    private static string Decode(Stream unpacked, string name)
    {
        using var content = new MemoryStream();
        try
        {
            unpacked.CopyTo(content);
        }
        catch (InvalidDataException e)
        {
            throw new CalendarFormatException(name, [new(0, null, $"the gzip data end early or are damaged ({e.Message.TrimEnd('.')}). Copy or export the file again.")], e);
        }

        ReadOnlySpan<byte> utf8 = content.GetBuffer().AsSpan(0, (int)content.Length);
        if (utf8 is [0xEF, 0xBB, 0xBF, ..])
        {
            utf8 = utf8[3..];
        }

        try
        {
            return StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            int line = 1 + utf8[..e.Index].Count((byte)'\n');
            throw new CalendarFormatException(name, [new(line, null, "the line is not UTF-8. Save the file as UTF-8.")], e);
        }
    }
}
