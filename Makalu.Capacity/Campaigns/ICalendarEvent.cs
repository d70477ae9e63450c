using System.Text;

namespace Makalu.Capacity.Campaigns;

/// <summary>One <c>VEVENT</c> as it stands in the file: its text, its line, and the lines of its own properties.</summary>
internal sealed class ICalendarEvent(int line)
{
    private readonly StringBuilder _text = new();
    private readonly List<ICalendarProperty> _properties = [];

    public int Line { get; } = line;

    public string Text => _text.ToString();

    public IReadOnlyList<ICalendarProperty> Properties => _properties;

    public ICalendarProperty? this[string name] => _properties.Find(p => p.Name == name);

    public void Add(ICalendarProperty property, bool isOwn)
    {
        _text.Append(_text.Length > 0 ? "\r\n" : "").Append(property.Text);
        if (isOwn && property.Name is not ("BEGIN" or "END"))
        {
            _properties.Add(property);
        }
    }
}
