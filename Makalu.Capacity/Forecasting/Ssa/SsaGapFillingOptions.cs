namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>How to fill gaps. Everything left out is chosen from the series.</summary>
public sealed record SsaGapFillingOptions
{
    /// <summary>The window length, 2 to half the series; null for twice the longest season, or a quarter of a series without one, at most 1,000.</summary>
    public int? WindowLength { get; init; }

    /// <summary>The number of components that fill; null to choose it by how well held-out known values are filled.</summary>
    public int? Components { get; init; }

    /// <summary>The largest number of components that is tried where <see cref="Components"/> is left out; default 20.</summary>
    public int MaxComponents { get; init; } = 20;

    /// <summary>The fraction of the known values that is held out to choose the components; above 0, at most 0.5; default 0.05.</summary>
    public double HeldOutFraction { get; init; } = 0.05;

    /// <summary>The most passes over the series for each choice; 1 or more, default 50.</summary>
    public int MaxIterations { get; init; } = 50;

    /// <summary>Passes end when no filled value moves by more than this fraction of the series' standard deviation; default 1e-4.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>The seed of the held-out values' positions; default 1.</summary>
    public int Seed { get; init; } = 1;

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

        Require(WindowLength is null or >= 2, $"WindowLength {WindowLength} must be 2 or more. Leave it out to have it chosen.");
        Require(Components is null or >= 1, $"Components {Components} must be 1 or more. Leave it out to have it chosen.");
        Require(MaxComponents >= 1, $"MaxComponents {MaxComponents} must be 1 or more. Raise MaxComponents.");
        Require(HeldOutFraction is > 0 and <= 0.5, FormattableString.Invariant($"HeldOutFraction {HeldOutFraction} must be above 0 and at most 0.5. Pass 0.05 for one value in twenty."));
        Require(MaxIterations >= 1, $"MaxIterations {MaxIterations} must be 1 or more. Raise MaxIterations.");
        Require(Tolerance > 0, FormattableString.Invariant($"Tolerance {Tolerance} must be above 0. Pass 0.0001."));
        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', faults));
        }
    }
}
