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

    /// <summary>The ridge; null unless <see cref="Method"/> is <see cref="SsaForecastMethod.Ridge"/>.</summary>
    public double? Ridge { get; init; }

    /// <summary>
    /// How many components the forecast is free to follow: <see cref="Rank"/>, or Σ s ÷ (s + λ̄) over the components' variances s for
    /// the soft rank of a ridge λ̄. Of candidates that cannot be told apart the least is chosen.
    /// </summary>
    public required double EffectiveRank { get; init; }

    /// <summary>The root mean square error over all steps of all origins.</summary>
    public required double RootMeanSquareError { get; init; }

    /// <summary>The mean square error at each origin.</summary>
    internal double[] SquaredErrors { get; init; } = [];
}
