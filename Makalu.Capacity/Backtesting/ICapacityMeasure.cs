using Makalu.Capacity.Peaks;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Backtesting;

/// <summary>What capacity is counted in.</summary>
internal interface ICapacityMeasure
{
    CapacityUnit Unit { get; }

    /// <summary>The capacity that a plan for each quantile of a peak provides, by what is known at the origin.</summary>
    ProvidedCapacity[] CapacitiesFor(RequestHistory known, PeakForecast peak, TimeSpan step, double[] quantiles);

    /// <summary>The capacity that a plan for a rate provides.</summary>
    ProvidedCapacity CapacityFor(RequestHistory known, double requestsPerSecond, TimeSpan step);

    /// <summary>The capacity that a rate needs.</summary>
    double Demand(double requestsPerSecond);

    /// <summary>Whether more of this capacity would serve the rate.</summary>
    bool IsServable(double requestsPerSecond);

    /// <summary>The capacity as it is set now; null where it is not told.</summary>
    double? CapacityNow { get; }
}
