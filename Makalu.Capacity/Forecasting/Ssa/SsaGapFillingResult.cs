namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>A series with its gaps filled, and how well known values were filled on trial.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class SsaGapFillingResult
{
    private readonly double[] _values;

    internal SsaGapFillingResult(double[] values, int filled, int windowLength, int components, double heldOutError, double heldOutSpread)
    {
        _values = values;
        Filled = filled;
        WindowLength = windowLength;
        Components = components;
        HeldOutError = heldOutError;
        HeldOutSpread = heldOutSpread;
    }

    /// <summary>The series: known values as they were, missing ones filled.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>The number of values that were filled.</summary>
    public int Filled { get; }

    /// <summary>The window length used; 0 when nothing was missing.</summary>
    public int WindowLength { get; }

    /// <summary>The number of components used; 0 when nothing was missing.</summary>
    public int Components { get; }

    /// <summary>The root mean square error at held-out known values; NaN when none were held out.</summary>
    public double HeldOutError { get; }

    /// <summary>The standard deviation of the held-out values: what filling with their mean would err by. NaN when none were held out.</summary>
    public double HeldOutSpread { get; }
}
