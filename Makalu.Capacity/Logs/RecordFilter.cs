namespace Makalu.Capacity.Logs;

/// <summary>Which requests to take, by route, status and time.</summary>
internal sealed class RecordFilter
{
    private readonly RoutePattern[] _includeRoutes;
    private readonly RoutePattern[] _excludeRoutes;
    private readonly StatusSet? _includeStatuses;
    private readonly StatusSet? _excludeStatuses;
    private readonly long _from;
    private readonly long _to;

    private RecordFilter(RequestLogOptions options)
    {
        _includeRoutes = [.. options.IncludeRoutes.Select(r => new RoutePattern(r))];
        _excludeRoutes = [.. options.ExcludeRoutes.Select(r => new RoutePattern(r))];
        _includeStatuses = options.IncludeStatuses.Count == 0 ? null : new StatusSet(options.IncludeStatuses);
        _excludeStatuses = options.ExcludeStatuses.Count == 0 ? null : new StatusSet(options.ExcludeStatuses);
        _from = options.From?.UtcTicks ?? long.MinValue;
        _to = options.To?.UtcTicks ?? long.MaxValue;
    }

    /// <summary>The filter of the options; null where they take everything.</summary>
    public static RecordFilter? Of(RequestLogOptions options)
        => options.IncludeRoutes.Count + options.ExcludeRoutes.Count + options.IncludeStatuses.Count + options.ExcludeStatuses.Count == 0
            && options.From is null && options.To is null
            ? null
            : new RecordFilter(options);

    /// <summary>What a request is passed over for, the time before the status before the route; null for one to take.</summary>
    public PassedOver? Cause(in RequestRecord record)
        => record.UtcTicks < _from || record.UtcTicks >= _to ? PassedOver.Time
            : (_includeStatuses is not null && !_includeStatuses.Contains(record.Status)) || (_excludeStatuses is not null && _excludeStatuses.Contains(record.Status)) ? PassedOver.Status
            : (_includeRoutes.Length > 0 && !MatchesAny(_includeRoutes, record.Route)) || MatchesAny(_excludeRoutes, record.Route) ? PassedOver.Route
            : null;

    private static bool MatchesAny(RoutePattern[] patterns, ReadOnlySpan<byte> route)
    {
        foreach (RoutePattern pattern in patterns)
        {
            if (pattern.Matches(route))
            {
                return true;
            }
        }

        return false;
    }
}
