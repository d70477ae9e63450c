using Makalu.Capacity.Series;
using Makalu.Capacity.Service.Storage;

namespace Makalu.Capacity.Service.Models;

/// <summary>How a forecast did that was given out earlier, over the steps that have come since.</summary>
/// <param name="Steps">Steps that were scored.</param>
/// <param name="RelativeError">The sum of the absolute errors of the median ÷ the sum of what came.</param>
/// <param name="Coverage95">The part of the steps at or below the 95 % quantile.</param>
internal sealed record ForecastScore(int Steps, double RelativeError, double Coverage95)
{
    /// <summary>How far apart the forecasts are that are kept to be scored.</summary>
    public static TimeSpan Spacing { get; } = TimeSpan.FromDays(1);

    private static readonly TimeSpan Longest = TimeSpan.FromDays(2);

    /// <summary>The first two days of a plan's forecast, to be kept.</summary>
    public static IssuedForecast Keep(ComputedPlan plan)
    {
        int count = (int)Math.Min(plan.QuantileRates[0].Length, Longest / plan.Step);
        return new IssuedForecast(plan.Start, plan.Step, plan.QuantileRates[0][..count], plan.QuantileRates[2][..count]);
    }

    /// <summary>Scores the last day of a history by the forecasts that were given out before, for each step the latest of them.</summary>
    public static ForecastScore? Of(TimeSeries requestsPerSecond, IReadOnlyList<IssuedForecast> latestFirst)
    {
        double error = 0, sum = 0;
        int steps = 0, covered = 0;
        int first = Math.Max(0, requestsPerSecond.Count - (int)Math.Ceiling(Spacing / requestsPerSecond.Step));
        for (int i = first; i < requestsPerSecond.Count; i++)
        {
            double actual = requestsPerSecond[i];
            DateTimeOffset time = requestsPerSecond.TimeAt(i);
            IssuedForecast? issued = latestFirst.FirstOrDefault(f => f.Origin <= time && f.Step == requestsPerSecond.Step && (time - f.Origin) / f.Step < f.Medians.Length);
            if (double.IsNaN(actual) || issued is null)
                continue;

            int step = (int)((time - issued.Origin) / issued.Step);
            error += Math.Abs(actual - issued.Medians[step]);
            sum += actual;
            covered += actual <= issued.P95s[step] ? 1 : 0;
            steps++;
        }

        return steps == 0 ? null : new ForecastScore(steps, sum > 0 ? error / sum : error > 0 ? double.PositiveInfinity : 0, covered / (double)steps);
    }
}
