namespace Makalu.Capacity.Campaigns;

/// <summary>An unfolded content line of an iCalendar text: <c>NAME;PARAMETER=…:VALUE</c>.</summary>
internal sealed class ICalendarProperty
{
    private const int LongestShown = 80;

    public ICalendarProperty(string text, int line)
    {
        Text = text;
        Line = line;
        int nameEnd = text.AsSpan().IndexOfAny(':', ';');
        Name = (nameEnd < 0 ? text : text[..nameEnd]).ToUpperInvariant();
        int colon = ValueColon(text);
        Value = colon < 0 ? "" : text[(colon + 1)..];
    }

    public string Text { get; }

    public int Line { get; }

    public string Name { get; }

    public string Value { get; }

    public string ShortText => Shorten(Text);

    public string ShortValue => Shorten(Value);

    private static string Shorten(string text) => text.Length <= LongestShown ? text : string.Concat(text.AsSpan(0, LongestShown), "…");

    // A colon within a quoted parameter value does not end the parameters.
    private static int ValueColon(string text)
    {
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                quoted = !quoted;
            }
            else if (text[i] == ':' && !quoted)
            {
                return i;
            }
        }

        return -1;
    }
}
