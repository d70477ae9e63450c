namespace Makalu.Capacity.Forecasting;

/// <summary>The accuracy of one candidate over rolling origins.</summary>
public sealed record ForecastAccuracy
{
    /// <summary>The candidate's name.</summary>
    public required string Model { get; init; }

    /// <summary>The number of origins.</summary>
    public required int Origins { get; init; }

    /// <summary>
    /// Mean absolute scaled error: the mean absolute error of the median ÷ that of the seasonal naive forecast in the history
    /// (Hyndman and Koehler, International Journal of Forecasting 22, 2006). Below 1 is better than repeating the last season.
    /// </summary>
    public required double Mase { get; init; }

    /// <summary>The mean pinball loss over the quantiles 0.5, 0.9, 0.95 and 0.99, in requests per second.</summary>
    public required double PinballLoss { get; init; }

    /// <summary>
    /// The geometric mean over the origins of the pinball loss as a ratio to the preferred candidate's, which is 1: later origins count
    /// more, and a busy one no more than a quiet one. The choice goes by this figure.
    /// </summary>
    public required double RelativePinballLoss { get; init; }

    /// <summary>The part of the steps at or below the 95 % quantile, a fraction; 0.95 when the quantiles are true.</summary>
    public required double Coverage95 { get; init; }

    /// <summary>The part of the windows whose maximum was at or below the 95 % quantile of the maximum, a fraction.</summary>
    public required double PeakCoverage95 { get; init; }
}
