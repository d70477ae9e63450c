using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Peaks;

/// <summary>Whether, when and for how long a rate is exceeded within a forecast, read off its sample paths.</summary>
/// <remarks>Rates are averages over the forecast's step. Immutable; safe to share between threads.</remarks>
public sealed class RateExceedance
{
    private readonly double[] _byStep;

    private RateExceedance(double requestsPerSecond, double[] byStep)
    {
        RequestsPerSecond = requestsPerSecond;
        _byStep = byStep;
    }

    /// <summary>The rate, in requests per second.</summary>
    public double RequestsPerSecond { get; }

    /// <summary>The probability that at least one step of the horizon exceeds the rate, 0 to 1.</summary>
    public required double Probability { get; init; }

    /// <summary>The probability of each step to exceed the rate, 0 to 1.</summary>
    public ReadOnlySpan<double> ByStep => _byStep;

    /// <summary>The start of the step that most probably exceeds the rate, the first of equals, UTC; null where no path does.</summary>
    public required DateTimeOffset? MostLikelyAt { get; init; }

    /// <summary>The time until which a tenth of all paths have exceeded the rate, UTC: the start of the step; null where fewer do within the horizon.</summary>
    public required DateTimeOffset? TenthExceedsBy { get; init; }

    /// <summary>The median time of the first exceedance among the paths that have one, UTC: the start of the step; null where none has.</summary>
    public required DateTimeOffset? FirstAtMedian { get; init; }

    /// <summary>The mean time above the rate over all paths; divided by <see cref="Probability"/> that of those that exceed it.</summary>
    public required TimeSpan MeanDuration { get; init; }

    /// <summary>Finds out about a rate.</summary>
    /// <param name="forecast">The forecast.</param>
    /// <param name="requestsPerSecond">The rate, finite and 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="requestsPerSecond"/> is negative or not finite.</exception>
    public static RateExceedance Of(Forecast forecast, double requestsPerSecond)
    {
        ArgumentNullException.ThrowIfNull(forecast);
        if (!(requestsPerSecond >= 0 && double.IsFinite(requestsPerSecond)))
        {
            throw new ArgumentOutOfRangeException(nameof(requestsPerSecond), requestsPerSecond, FormattableString.Invariant($"Rate {requestsPerSecond} must be finite and at least 0. Pass requests per second, for example 2000."));
        }

        var above = new int[forecast.Horizon];
        List<double> first = [];
        for (int p = 0; p < forecast.PathCount; p++)
        {
            ReadOnlySpan<double> path = forecast.Path(p);
            bool any = false;
            for (int h = 0; h < path.Length; h++)
            {
                if (path[h] > requestsPerSecond)
                {
                    above[h]++;
                    if (!any)
                    {
                        first.Add(h);
                    }

                    any = true;
                }
            }
        }

        first.Sort();
        double[] byStep = [.. above.Select(a => (double)a / forecast.PathCount)];
        int likeliest = Array.IndexOf(above, above.Max());
        int tenth = (int)Math.Ceiling(0.1 * forecast.PathCount) - 1;
        return new RateExceedance(requestsPerSecond, byStep)
        {
            Probability = (double)first.Count / forecast.PathCount,
            MostLikelyAt = first.Count > 0 ? forecast.TimeAt(likeliest) : null,
            TenthExceedsBy = tenth < first.Count ? forecast.TimeAt((int)first[tenth]) : null,
            FirstAtMedian = first.Count > 0 ? forecast.TimeAt((int)SampleQuantile.OfSorted([.. first], 0.5)) : null,
            MeanDuration = forecast.Step * byStep.Sum(),
        };
    }
}
