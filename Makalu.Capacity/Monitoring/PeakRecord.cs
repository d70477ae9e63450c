using Makalu.Capacity.Peaks;

namespace Makalu.Capacity.Monitoring;

/// <summary>What a forecast said of the maximum within one window.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class PeakRecord
{
    private readonly double[] _values;

    /// <summary>Creates a record that copies <paramref name="requestsPerSecond"/>.</summary>
    /// <param name="window">The window.</param>
    /// <param name="requestsPerSecond">The maximum of the step averages at each quantile of the forecast, in its order, in requests per second.</param>
    public PeakRecord(PeakWindow window, ReadOnlySpan<double> requestsPerSecond)
    {
        Window = window;
        _values = requestsPerSecond.ToArray();
    }

    /// <summary>The window.</summary>
    public PeakWindow Window { get; }

    /// <summary>The maximum of the step averages at each quantile of the forecast, in requests per second.</summary>
    public ReadOnlySpan<double> RequestsPerSecond => _values;
}
