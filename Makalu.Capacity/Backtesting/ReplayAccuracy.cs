using Makalu.Capacity.Monitoring;

namespace Makalu.Capacity.Backtesting;

/// <summary>How the forecasts of a replay did, over all steps of all origins.</summary>
public sealed record ReplayAccuracy
{
    /// <summary>The number of steps scored; a step counts once for each origin that forecast it.</summary>
    public required int Steps { get; init; }

    /// <summary>The mean of what came, in requests per second.</summary>
    public required double MeanActual { get; init; }

    /// <summary>The mean absolute error of the median, in requests per second.</summary>
    public required double MeanAbsoluteError { get; init; }

    /// <summary>The mean of median less actual, in requests per second: above 0 where too much was forecast.</summary>
    public required double Bias { get; init; }

    /// <summary>The weighted absolute error: the sum of absolute errors ÷ the sum of what came; NaN where nothing came.</summary>
    public required double WeightedError { get; init; }

    /// <summary>The symmetric mean absolute error (sMAPE), 0 to 2, as a fraction.</summary>
    public required double SymmetricError { get; init; }

    /// <summary>The mean pinball loss over the quantiles, in requests per second.</summary>
    public required double PinballLoss { get; init; }

    /// <summary>The pinball loss that was to be expected if the forecasts were true, in requests per second.</summary>
    public required double ExpectedPinballLoss { get; init; }

    /// <summary>The same median beside repeating the last day, week, or 364 days, as far as step and history allow.</summary>
    public required IReadOnlyList<NaiveComparison> Naive { get; init; }

    /// <summary>How many steps stayed at or below each quantile.</summary>
    public required IReadOnlyList<QuantileCoverage> StepCoverage { get; init; }

    /// <summary>How the peaks did: of the horizon, of days, and of campaigns that lie wholly within a horizon, as far as there are such.</summary>
    public required IReadOnlyList<PeakAccuracy> Peaks { get; init; }

    internal static ReplayAccuracy Of(IReadOnlyList<Night> nights)
    {
        ForecastScore[] scores = [.. nights.Select(n => n.Score)];
        int steps = scores.Sum(s => s.Steps);
        double Mean(Func<ForecastScore, double> value) => scores.Sum(s => value(s) * s.Steps) / steps;
        double actual = Mean(s => s.MeanActual);
        double error = Mean(s => s.MeanAbsoluteError);
        return new ReplayAccuracy
        {
            Steps = steps,
            MeanActual = actual,
            MeanAbsoluteError = error,
            Bias = Mean(s => s.Bias),
            WeightedError = error / actual,
            SymmetricError = Mean(s => s.SymmetricError),
            PinballLoss = Mean(s => s.PinballLoss),
            ExpectedPinballLoss = Mean(s => s.ExpectedPinballLoss),
            Naive = [.. nights.SelectMany(n => n.Naive).Where(n => n.Steps > 0).GroupBy(n => n.Season).OrderBy(g => g.Key).Select(Compare)],
            StepCoverage = [.. scores[0].Record.Quantiles.ToArray().Select((q, i) => new QuantileCoverage(q, scores.Sum(s => s.StepsCovered(i)), steps))],
            Peaks = [.. PeakAccuracy.Of(scores)],
        };
    }

    private static NaiveComparison Compare(IGrouping<TimeSpan, NaiveError> errors)
    {
        int steps = errors.Sum(e => e.Steps);
        double naive = errors.Sum(e => e.NaiveAbsolute);
        return new NaiveComparison
        {
            Season = errors.Key,
            Steps = steps,
            MeanAbsoluteError = naive / steps,
            Ratio = errors.Sum(e => e.MedianAbsolute) / naive,
        };
    }
}
