namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>What <see cref="RidgeSsa"/> forecasts and from what.</summary>
public sealed record RidgeSsaOptions
{
    /// <summary>The number of past steps a forecast is regressed on: L, 2 or more.</summary>
    public required int WindowLength { get; init; }

    /// <summary>The number of steps to forecast: H, 1 or more.</summary>
    public required int Horizon { get; init; }

    /// <summary>
    /// The ridge λ as a fraction of the mean variance of the window's coordinates; default 0.01, at least 1e-12. A component whose
    /// share of the variance is s is kept at s/(s + λ̄): small values suit nearly deterministic series, larger ones noisy remainders.
    /// </summary>
    public double Ridge { get; init; } = 0.01;

    /// <summary>
    /// The number of most recent steps of the window whose mean is its level; 1 to <see cref="WindowLength"/>. Default 0 stands for
    /// the whole window. A season's length is a good choice.
    /// </summary>
    public int CentringLength { get; init; }

    /// <summary>
    /// Whether the mean course of all windows about their levels is taken off first and added back to the forecast: a regression with
    /// an intercept. Default false. A steady trend is then learned from the whole history and survives any ridge.
    /// </summary>
    public bool Intercept { get; init; }

    /// <summary>The centring length with the default resolved.</summary>
    internal int ResolvedCentringLength => CentringLength == 0 ? WindowLength : CentringLength;

    /// <summary>Throws when a value is out of range; all faults are stated together.</summary>
    /// <exception cref="ArgumentException">One or more values are out of range.</exception>
    public void Validate()
    {
        List<string> faults = [];
        if (WindowLength < 2)
        {
            faults.Add($"WindowLength {WindowLength} must be 2 or more. Choose a multiple of the season's length.");
        }

        if (Horizon < 1)
        {
            faults.Add($"Horizon {Horizon} must be 1 step or more. Lengthen the horizon.");
        }

        if (!(Ridge >= 1e-12 && double.IsFinite(Ridge)))
        {
            faults.Add(FormattableString.Invariant($"Ridge {Ridge} must be finite and at least 1e-12. Pass 0.0001 for a nearly deterministic series, 0.2 for a noisy one."));
        }

        if (CentringLength < 0 || CentringLength > WindowLength)
        {
            faults.Add($"CentringLength {CentringLength} must lie between 1 and WindowLength {WindowLength}, or be 0 for the whole window. Pass the length of a season.");
        }

        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', faults));
        }
    }
}
