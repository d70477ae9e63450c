using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Monitoring;

namespace Makalu.Capacity.Backtesting;

/// <summary>What was planned at one origin, and what came.</summary>
internal sealed class Night
{
    public required ForecastScore Score { get; init; }

    /// <summary>What came at each step of the horizon, in requests per second; NaN where unknown.</summary>
    public required double[] Actual { get; init; }

    public required NaiveError[] Naive { get; init; }

    /// <summary>The capacity for each planned quantile, in the measure's unit.</summary>
    public required ProvidedCapacity[] Capacities { get; init; }

    /// <summary>The capacity by each rule of thumb; null where what it repeats is not known.</summary>
    public required (string Name, ProvidedCapacity? Capacity)[] Alternatives { get; init; }

    /// <summary>How the forecast came about; null where the model tells nothing.</summary>
    public required ForecastReport? Report { get; init; }

    public DateTimeOffset Origin => Score.Record.Origin;
}
