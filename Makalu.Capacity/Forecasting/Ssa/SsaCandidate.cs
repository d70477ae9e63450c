namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>One choice of window, rank and method, and its error by rolling origin.</summary>
public sealed record SsaCandidate
{
    /// <summary>The window length.</summary>
    public required int WindowLength { get; init; }

    /// <summary>The number of components.</summary>
    public required int Rank { get; init; }

    /// <summary>How the series is continued.</summary>
    public required SsaForecastMethod Method { get; init; }

    /// <summary>The root mean square error over all steps of all origins.</summary>
    public required double RootMeanSquareError { get; init; }
}
