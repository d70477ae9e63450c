namespace Makalu.Capacity.Campaigns;

/// <summary>One thing that is wrong in a calendar file.</summary>
/// <param name="Line">The line, counted from 1; 0 where the whole file is meant.</param>
/// <param name="Field">The column or property; null where the whole line or file is meant.</param>
/// <param name="Message">The value, the rule it breaks, and the remedy.</param>
public sealed record CalendarFormatError(int Line, string? Field, string Message)
{
    internal string Describe()
    {
        string place = Line > 0 ? FormattableString.Invariant($"line {Line}") : "";
        if (Field is not null)
        {
            place += (place.Length > 0 ? ", " : "") + $"field '{Field}'";
        }

        return place.Length > 0 ? $"{place}: {Message}" : Message;
    }
}
