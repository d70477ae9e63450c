namespace Makalu.Capacity.Backtesting;

/// <summary>The forecast's median beside repeating the last season, on the steps at which both are known.</summary>
public sealed record NaiveComparison
{
    /// <summary>The season that is repeated: 1, 7 or 364 days.</summary>
    public required TimeSpan Season { get; init; }

    /// <summary>The number of steps compared.</summary>
    public required int Steps { get; init; }

    /// <summary>The mean absolute error of repeating the season, in requests per second.</summary>
    public required double MeanAbsoluteError { get; init; }

    /// <summary>The mean absolute error of the median ÷ that of repeating the season; below 1 is better. NaN where both are zero.</summary>
    public required double Ratio { get; init; }
}
