using System.Text;

namespace Makalu.Capacity.Logs;

/// <summary>A pattern of paths, in which <c>*</c> stands for any run of characters. Matches on UTF-8, case counts.</summary>
internal sealed class RoutePattern
{
    private readonly byte[][] _parts;

    public RoutePattern(string pattern)
        => _parts = [.. pattern.Split('*').Select(Encoding.UTF8.GetBytes)];

    public bool Matches(ReadOnlySpan<byte> route)
    {
        byte[] first = _parts[0];
        if (_parts.Length == 1)
        {
            return route.SequenceEqual(first);
        }

        byte[] last = _parts[^1];
        if (route.Length < first.Length + last.Length || !route.StartsWith(first) || !route.EndsWith(last))
        {
            return false;
        }

        // The earliest place of each inner part leaves the most room for those after it.
        route = route[first.Length..^last.Length];
        for (int i = 1; i < _parts.Length - 1; i++)
        {
            int at = route.IndexOf(_parts[i]);
            if (at < 0)
            {
                return false;
            }

            route = route[(at + _parts[i].Length)..];
        }

        return true;
    }
}
