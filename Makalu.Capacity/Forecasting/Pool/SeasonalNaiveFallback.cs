using Makalu.Capacity.Forecasting.Candidates;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// What is left when a history is too short for rolling origins: the last season repeated, or the recent mean without one,
/// with an error that grows with the square root of the cycles ahead and is widened for the little that is known. Without a season
/// it is also as large as the error of such means was within the history, and, below a day of history, as what the unseen hours may bring.
/// </summary>
internal static class SeasonalNaiveFallback
{
    /// <summary>The least standard deviation to state on so little evidence, as a part of the level.</summary>
    private const double LeastRelativeError = 0.3;

    /// <summary>The standard deviation, on the logarithm, of what a day may bring of which nothing was seen (a week, of a series of days); it fades with what was.</summary>
    private const double UnseenDay = 0.55;
    private const double FadesByDay = 3;

    /// <summary>The width is a guess: all steps of a path share how wrong it is, and most of their error.</summary>
    private const double DegreesOfFreedom = 12;
    private const double Slow = 0.85;
    private const double Quick = 0.09;

    /// <summary>The values whose mean stands for the level where there is no season.</summary>
    private const int Recent = 12;

    public static PoolFit Fit(double[] values, SeasonLengths seasons, int horizon, ValueTransform transform, LevelShift? shift, PoolEffort effort, Outliers outliers, double cyclesKnown)
    {
        int n = values.Length;
        var transformed = new double[n];
        for (int i = 0; i < n; i++)
        {
            transformed[i] = double.IsNaN(values[i]) ? double.NaN : transform.Forward(values[i]);
        }

        transformed = GapFilling.Fill(transformed, seasons);
        int season = seasons.Long > 0 && n >= 2 * seasons.Long ? seasons.Long : seasons.Short > 0 && n >= seasons.Short ? seasons.Short : 0;
        var centre = new double[horizon];
        double squares = 0;
        int count = 0;
        if (season > 0)
        {
            int cycles = SeasonProfile.CyclesIn(n, season, 3);
            double[] profile = SeasonProfile.Of(transformed, season, cycles, 0.6, robust: false);
            for (int h = 0; h < horizon; h++)
            {
                centre[h] = transform.Inverse(profile[h % season]);
            }
        }
        else
        {
            Array.Fill(centre, transform.Inverse(RecentMean(transformed, n)));
        }

        int lag = season > 0 && n > season ? season : 1;
        for (int i = lag; i < n; i++)
        {
            if (!double.IsNaN(values[i]) && !double.IsNaN(values[i - lag]))
            {
                double difference = transformed[i] - transformed[i - lag];
                squares += difference * difference;
                count++;
            }
        }

        double evidence = count / (count + (double)seasons.Cycle);
        double observed = count > 0 ? squares / count : 0;
        bool constant = IsConstant(values) && n >= 2 * seasons.Cycle;
        double variance = constant ? 0 : observed + ((1 - evidence) * LeastRelativeError * LeastRelativeError);
        var scale = new double[horizon];
        double[] spread = season > 0 || constant ? [] : Spread(transformed, horizon);
        double unseen = season > 0 || constant ? 0 : UnseenDay * UnseenDay * Math.Exp(-FadesByDay * cyclesKnown);
        for (int h = 0; h < horizon; h++)
        {
            double seen = spread.Length > 0 ? Math.Max(0, spread[Math.Min(h, spread.Length - 1)] - observed) : 0;
            scale[h] = Math.Sqrt((variance * Math.Min((h / Math.Max(season, seasons.Cycle)) + 1, 7)) + seen + unseen) + 1e-12;
        }

        ErrorDependence dependence = season > 0
            ? new ErrorDependence(0.5, Math.Pow(0.8, 1.0 / seasons.Cycle), 0.3, 0.7)
            : new ErrorDependence(Slow, Math.Pow(0.8, 1.0 / seasons.Cycle), Quick, 0.7);
        string why = effort.Origins == 0 ? "given no time" : season > 0 ? "too short" : "without a season and too short";
        return PoolFit.Fallback(values, centre, transform, ErrorDistribution.Normal(scale, dependence, season > 0 || constant ? double.PositiveInfinity : DegreesOfFreedom), seasons, shift, effort, outliers, cyclesKnown, season > 0
            ? $"{why} to judge members at two origins: the mean of the last seasons, with the error of repeating a season"
            : $"{why} to judge members at two origins: the recent mean, with the errors that such means had and room for hours that were not seen");
    }

    private static double RecentMean(double[] transformed, int end)
    {
        int recent = Math.Min(end, Recent);
        return System.Numerics.Tensors.TensorPrimitives.Sum<double>(transformed.AsSpan(end - recent, recent)) / recent;
    }

    /// <summary>The mean square of what came so many steps after a recent mean, up to half of the history ahead; never falling.</summary>
    private static double[] Spread(double[] transformed, int horizon)
    {
        double[] means = [.. Enumerable.Range(1, transformed.Length - 1).Select(end => RecentMean(transformed, end))];
        var spread = new double[Math.Min(transformed.Length / 2, horizon)];
        for (int h = 0; h < spread.Length; h++)
        {
            double squares = 0;
            for (int i = 0; i + 1 + h < transformed.Length; i++)
            {
                double error = transformed[i + 1 + h] - means[i];
                squares += error * error;
            }

            spread[h] = Math.Max(squares / (transformed.Length - 1 - h), h > 0 ? spread[h - 1] : 0);
        }

        return spread;
    }

    private static bool IsConstant(ReadOnlySpan<double> values)
    {
        double first = double.NaN;
        foreach (double value in values)
        {
            if (double.IsNaN(value))
                continue;

            if (double.IsNaN(first))
            {
                first = value;
            }
            else if (value != first)
            {
                return false;
            }
        }

        return true;
    }
}
