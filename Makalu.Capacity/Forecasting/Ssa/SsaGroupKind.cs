namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>What a group of components stands for.</summary>
public enum SsaGroupKind
{
    /// <summary>Movements slower than the window, the mean included.</summary>
    Trend,

    /// <summary>An oscillation that repeats.</summary>
    Season,

    /// <summary>All that is neither.</summary>
    Noise,
}
