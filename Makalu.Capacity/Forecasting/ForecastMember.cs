namespace Makalu.Capacity.Forecasting;

/// <summary>One member of a pool: what was tried, how it did and how much it counts.</summary>
public sealed record ForecastMember
{
    /// <summary>The member's name, as in <c>docs/forecasting.md</c>.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The mean absolute error over the rolling origins on the scale of <see cref="ForecastReport.Transform"/>: on a logarithm about
    /// the relative error, 0.1 being a tenth.
    /// </summary>
    public required double MeanAbsoluteError { get; init; }

    /// <summary>
    /// The mean pinball loss over the rolling origins on the same scale, by which members are weighed: half of it at the median, half at the quantiles 0.9, 0.95 and
    /// 0.99, which lie above the forecast by those of the member's own absolute errors.
    /// </summary>
    public double PinballLoss { get; init; }

    /// <summary>The weight in the pool's mean, 0 to 1, on average over the horizon; the weights sum to 1.</summary>
    public required double Weight { get; init; }
}
