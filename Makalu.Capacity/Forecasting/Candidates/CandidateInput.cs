namespace Makalu.Capacity.Forecasting.Candidates;

/// <summary>What a candidate may see: the history up to the origin, with gaps filled.</summary>
internal readonly ref struct CandidateInput
{
    /// <summary>The history on the transformed scale, oldest first.</summary>
    public required ReadOnlySpan<double> Transformed { get; init; }

    /// <summary>The history on the scale of the observations, oldest first.</summary>
    public required ReadOnlySpan<double> Observed { get; init; }

    /// <summary>The seasons in steps.</summary>
    public required SeasonLengths Seasons { get; init; }

    /// <summary>The steps of the whole history that lie after the origin: 0 when the future itself is forecast.</summary>
    public int Withheld { get; init; }

    /// <summary>The number of steps to forecast.</summary>
    public required int Horizon { get; init; }
}
