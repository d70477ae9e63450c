namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>Why a model's forecasts stay bounded.</summary>
public sealed record SsaStability
{
    /// <summary>
    /// ν², the squared cosine between the components' space and the last coordinate axis; 0 to below 1. The recurrence divides by
    /// 1 − ν², so near 1 it amplifies noise.
    /// </summary>
    public required double VerticalityCoefficient { get; init; }

    /// <summary>The largest growth of any component in one step as fitted; above 1 a forecast would grow without end.</summary>
    public required double SpectralRadius { get; init; }

    /// <summary>The growth in one step that the model allows: a thousandfold over as many steps as the history has.</summary>
    public required double LargestModulus { get; init; }

    /// <summary>The least value a forecast can take: the history's minimum less its range.</summary>
    public required double LowerBound { get; init; }

    /// <summary>The greatest value a forecast can take: the history's maximum plus its range.</summary>
    public required double UpperBound { get; init; }

    /// <summary>Whether any component was drawn back to <see cref="LargestModulus"/>.</summary>
    public bool IsLimited => SpectralRadius > LargestModulus;

    /// <summary>In one sentence: which method forecasts, and what was limited.</summary>
    public required string Reason { get; init; }
}
