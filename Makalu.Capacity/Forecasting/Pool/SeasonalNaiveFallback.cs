using Makalu.Capacity.Forecasting.Candidates;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// What is left when a history is too short for rolling origins: the last season repeated, or the recent mean without one,
/// with an error that grows with the square root of the cycles ahead and is widened for the little that is known.
/// </summary>
internal static class SeasonalNaiveFallback
{
    /// <summary>The least standard deviation to state on so little evidence, as a part of the level.</summary>
    private const double LeastRelativeError = 0.3;

    public static PoolFit Fit(double[] values, SeasonLengths seasons, int horizon, ValueTransform transform, LevelShift? shift, PoolEffort effort)
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
            int recent = Math.Min(n, 12);
            double mean = 0;
            for (int i = n - recent; i < n; i++)
            {
                mean += transformed[i] / recent;
            }

            Array.Fill(centre, transform.Inverse(mean));
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
        for (int h = 0; h < horizon; h++)
        {
            scale[h] = Math.Sqrt(variance * Math.Min((h / Math.Max(season, seasons.Cycle)) + 1, 7)) + 1e-12;
        }

        var dependence = new ErrorDependence(0.5, Math.Pow(0.8, 1.0 / seasons.Cycle), 0.3, 0.7);
        string why = effort.Origins == 0 ? "given no time" : season > 0 ? "too short" : "no season and too short";
        return PoolFit.Fallback(values, centre, transform, ErrorDistribution.Normal(scale, dependence), seasons, shift, effort, season > 0
            ? $"{why} to judge members at two origins: the mean of the last seasons, with the error of repeating a season"
            : $"{why} to judge members at two origins: the recent mean, with the error of repeating a value");
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
