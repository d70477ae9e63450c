namespace Makalu.Capacity.Logs;

/// <summary>A set of HTTP statuses, from texts such as <c>404</c> and <c>2xx</c>.</summary>
internal sealed class StatusSet
{
    private readonly bool[] _contains = new bool[1000];

    public StatusSet(IEnumerable<string> statuses)
    {
        foreach (string status in statuses)
        {
            int first = (status[0] - '0') * 100;
            if (status.EndsWith("xx", StringComparison.OrdinalIgnoreCase))
            {
                _contains.AsSpan(first, 100).Fill(true);
            }
            else
            {
                _contains[first + ((status[1] - '0') * 10) + (status[2] - '0')] = true;
            }
        }
    }

    public static bool IsValid(string? status)
        => status is { Length: 3 } && char.IsAsciiDigit(status[0])
            && ((char.IsAsciiDigit(status[1]) && char.IsAsciiDigit(status[2])) || status.EndsWith("xx", StringComparison.OrdinalIgnoreCase));

    public bool Contains(int status) => _contains[status];
}
