using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Backtesting;

/// <summary>The origins of a replay.</summary>
internal static class ReplayOrigins
{
    private const int Most = 100_000;

    /// <summary>The origins in rising order; each has its whole horizon within the history, and history before it.</summary>
    public static DateTimeOffset[] Of(CapacityBacktestOptions options, TimeSeries history)
    {
        DateTimeOffset last = history.End - options.Horizon;
        List<DateTimeOffset> origins = [];
        if (options.From is { } from)
        {
            DateTimeOffset end = options.To is { } to && to < last ? to : last;
            for (DateTimeOffset origin = from.ToUniversalTime(); origin <= end && origins.Count < Most; origin += options.Every)
            {
                origins.Add(origin);
            }
        }
        else
        {
            int count = options.Origins ?? CapacityBacktestOptions.DefaultOrigins;
            for (int k = Math.Min(count, Most) - 1; k >= 0; k--)
            {
                DateTimeOffset origin = last - (options.Every * k);
                if (origin > history.Start)
                {
                    origins.Add(origin);
                }
            }
        }

        origins.RemoveAll(o => o <= history.Start);
        return origins.Count > 0
            ? [.. origins]
            : throw new ForecastException(FormattableString.Invariant($"No origin can be replayed: the history runs from {Name(history.Start)} to {Name(history.End)}, and an origin needs history before it and a horizon of {options.Horizon:c} after it, so it must lie after the first and at or before {Name(last)}. Choose other origins, a shorter horizon, or supply more history."));
    }

    public static string Name(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
}
