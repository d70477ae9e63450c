namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>Everything that a fit is determined by besides the series.</summary>
internal sealed record SsaSpecification
{
    public required int WindowLength { get; init; }

    public required int Rank { get; init; }

    public SsaForecastMethod Method { get; init; }

    public bool SubtractMean { get; init; } = true;

    /// <summary>The ridge and the number of steps forecast at once; for <see cref="SsaForecastMethod.Ridge"/> alone.</summary>
    public double Ridge { get; init; } = SsaOptions.DefaultRidge;

    public int Horizon { get; init; } = int.MaxValue;

    /// <summary>A limit of growth in one step besides the model's own.</summary>
    public double MostGrowth { get; init; } = double.PositiveInfinity;

    /// <summary>What the ridge form is fitted with on a series of <paramref name="count"/> values: half the windows at least stay for the regression.</summary>
    public RidgeSsaOptions RidgeOptions(int count) => new()
    {
        WindowLength = WindowLength,
        Horizon = Math.Clamp(Math.Min(Horizon, WindowLength), 1, Math.Max(1, (count - WindowLength) / 2)),
        Ridge = Ridge,
        Intercept = true,
    };
}
