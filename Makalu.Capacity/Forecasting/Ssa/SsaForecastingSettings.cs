namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>The arguments of <see cref="SsaForecastingCatalog.ForecastBySsa"/>, checked together.</summary>
internal sealed record SsaForecastingSettings
{
    public required string Output { get; init; }

    public required string Input { get; init; }

    public required int WindowSize { get; init; }

    public required int SeriesLength { get; init; }

    public required int TrainSize { get; init; }

    public required int Horizon { get; init; }

    public bool IsAdaptive { get; init; }

    public RankSelectionMethod RankSelection { get; init; } = RankSelectionMethod.Exact;

    public int? Rank { get; init; }

    public int? MaxRank { get; init; }

    /// <summary>The growth allowed in one step; infinite for the model's own limit.</summary>
    public double LargestModulus { get; init; } = double.PositiveInfinity;

    public string? Lower { get; init; }

    public string? Upper { get; init; }

    public double ConfidenceLevel { get; init; } = 0.95;

    public bool VariableHorizon { get; init; }

    public void Validate(float discountFactor)
    {
        List<string> faults = [];
        void Require(bool holds, string fault)
        {
            if (!holds)
            {
                faults.Add(fault);
            }
        }

        Require(WindowSize >= 2, $"windowSize {WindowSize} must be 2 or more. Choose a multiple of the season's length.");
        Require(SeriesLength > WindowSize, $"seriesLength {SeriesLength} must exceed windowSize {WindowSize}. Raise seriesLength.");
        Require(TrainSize > WindowSize, $"trainSize {TrainSize} must exceed windowSize {WindowSize}. Raise trainSize.");
        Require(Horizon >= 1, $"horizon {Horizon} must be 1 or more. Lengthen the horizon.");
        Require(discountFactor == 1, FormattableString.Invariant($"discountFactor {discountFactor} is not supported: all windows of a fit count alike. Leave it at 1; pass isAdaptive and a shorter seriesLength to follow recent behaviour."));
        Require(RankSelection != RankSelectionMethod.Fixed || Rank is >= 1, $"rank {Rank} must be given, 1 or more, with RankSelectionMethod.Fixed. Pass rank.");
        Require(Rank is null || Rank < WindowSize, $"rank {Rank} must be below windowSize {WindowSize}. Lower rank.");
        Require(MaxRank is null or >= 1, $"maxRank {MaxRank} must be 1 or more. Raise maxRank.");
        Require(LargestModulus > 0, FormattableString.Invariant($"maxGrowth allows a factor of {LargestModulus} a step, which must be above 0. Raise its growth."));
        Require(ConfidenceLevel is > 0 and < 1, FormattableString.Invariant($"confidenceLevel {ConfidenceLevel} must lie between 0 and 1, both excluded. Pass a fraction, for example 0.95."));
        Require((Lower is null) == (Upper is null), "confidenceLowerBoundColumn and confidenceUpperBoundColumn must both be given or both be left out. Name the other one.");
        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', faults));
        }
    }
}
