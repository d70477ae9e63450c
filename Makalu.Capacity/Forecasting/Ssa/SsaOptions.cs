namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>How to fit an <see cref="SsaModel"/>. Everything left out is chosen from the series.</summary>
public sealed record SsaOptions
{
    internal const double DefaultRidge = 1;

    /// <summary>The window length L, 2 to N − 1; null to choose it: multiples of the longest season up to half the series, by rolling origin.</summary>
    public int? WindowLength { get; init; }

    /// <summary>The number of components r, 1 to the smaller of L and N − L + 1; null to choose it by rolling origin, the smaller of equals.</summary>
    public int? Rank { get; init; }

    /// <summary>The largest rank that is tried where <see cref="Rank"/> is left out; 1 or more, default 30.</summary>
    public int MaxRank { get; init; } = 30;

    /// <summary>How to continue the series; null to choose by rolling origin, or the recurrence where window and rank are given.</summary>
    public SsaForecastMethod? Method { get; init; }

    /// <summary>
    /// The ridge of <see cref="SsaForecastMethod.Ridge"/> as a fraction of the mean variance of a window's coordinates, at least 1e-12;
    /// null to choose it by rolling origin, or 1 where window and rank are given.
    /// </summary>
    public double? Ridge { get; init; }

    /// <summary>The horizon that choices are judged at, and that <see cref="SsaForecastMethod.Ridge"/> forecasts at once; 1 or more. Null for the longest season, at most a tenth of the series.</summary>
    public int? Horizon { get; init; }

    /// <summary>The lengths of the known seasons in steps, each 2 or more; empty to detect them.</summary>
    public IReadOnlyList<int> SeasonLengths { get; init; } = [];

    /// <summary>
    /// Whether the mean is taken off before decomposing; default true, which makes forecasts equivariant to shifts. False is the
    /// textbook form, where a level is a component and counts towards the rank.
    /// </summary>
    public bool SubtractMean { get; init; } = true;

    /// <summary>Throws when a value is out of range whatever the series; all faults are stated together.</summary>
    /// <exception cref="ArgumentException">One or more values are out of range.</exception>
    public void Validate()
    {
        List<string> faults = [];
        void Require(bool holds, string fault)
        {
            if (!holds)
            {
                faults.Add(fault);
            }
        }

        Require(WindowLength is null or >= 2, $"WindowLength {WindowLength} must be 2 or more. Choose a multiple of the season's length, or leave it out.");
        Require(Rank is null or >= 1, $"Rank {Rank} must be 1 or more. Leave it out to have it chosen.");
        Require(WindowLength is null || Rank is null || Rank <= WindowLength, $"Rank {Rank} must not exceed WindowLength {WindowLength}. Lower Rank.");
        Require(MaxRank >= 1, $"MaxRank {MaxRank} must be 1 or more. Raise MaxRank.");
        Require(Ridge is null || (Ridge >= 1e-12 && double.IsFinite(Ridge.Value)), FormattableString.Invariant($"Ridge {Ridge} must be finite and at least 1e-12. Pass 0.01 for a nearly deterministic series, 10 for a noisy one."));
        Require(Horizon is null or >= 1, $"Horizon {Horizon} must be 1 step or more. Lengthen the horizon.");
        foreach (int season in SeasonLengths)
        {
            Require(season >= 2, $"Season length {season} must be 2 steps or more. Pass the season in steps.");
        }

        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', faults));
        }
    }
}
