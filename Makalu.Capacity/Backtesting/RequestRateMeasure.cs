using Makalu.Capacity.Peaks;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Backtesting;

/// <summary>Capacity as the step average that can be served: the planned quantile of the peak itself, without headroom.</summary>
internal sealed class RequestRateMeasure : ICapacityMeasure
{
    public CapacityUnit Unit => CapacityUnit.RequestsPerSecond;

    public double? CapacityNow => null;

    public ProvidedCapacity[] CapacitiesFor(RequestHistory known, PeakForecast peak, TimeSpan step, double[] quantiles)
        => Array.ConvertAll(quantiles, q => ProvidedCapacity.WithoutHeadroom(peak.Quantile(q)));

    public ProvidedCapacity CapacityFor(RequestHistory known, double requestsPerSecond, TimeSpan step) => ProvidedCapacity.WithoutHeadroom(requestsPerSecond);

    public double Demand(double requestsPerSecond) => requestsPerSecond;

    public bool IsServable(double requestsPerSecond) => true;
}
