namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// How errors grow from day to day ahead: by a law that levels off, whose strength is learned from days that several origins saw, each from its own distance. What came on a day
/// makes the errors of all of them larger or smaller alike and drops out of their ratio, so that few days tell much.
/// </summary>
internal static class ErrorGrowth
{
    /// <summary>At strength 1, usual for traffic, the standard deviation grows by this ratio to the second day ahead, and the variance by a part of that to each further day.</summary>
    private const double DayGrowth = 1.08 / 0.92;
    private const double Retention = 0.6;
    private const double MostStrength = 3;
    private const double StrengthStep = 0.25;

    /// <summary>Fewer days than this, seen from two distances, tell nothing.</summary>
    private const int FewestDays = 3;

    /// <summary>A ratio is never known better than this, and no growth at all is not ruled out beforehand.</summary>
    private const double LeastVariance = 1e-3;
    private const double LeastWeight = 0.05;

    /// <summary>The factor on the standard deviation of each day ahead, relative to the judged days' mean.</summary>
    /// <param name="residuals">By origin and step; NaN where unknown.</param>
    /// <param name="counts">The values before each origin.</param>
    /// <param name="horizon">The steps to describe.</param>
    /// <param name="cycle">The steps of a day (or another short season).</param>
    public static double[] ByDay(double[][] residuals, int[] counts, int horizon, int cycle)
    {
        int judgedDays = Math.Max(1, residuals[0].Length / cycle);
        int days = Math.Max(judgedDays, (horizon + cycle - 1) / cycle);
        double[] law = Law(days, Strength(residuals, counts, judgedDays, cycle));
        double mean = law.Take(judgedDays).Average(Math.Sqrt);
        return [.. law.Select(variance => Math.Sqrt(variance) / mean)];
    }

    /// <summary>The posterior mean of the strength.</summary>
    /// <param name="residuals">By origin and step; NaN where unknown.</param>
    /// <param name="counts">The values before each origin.</param>
    /// <param name="judgedDays">The whole days of a residual.</param>
    /// <param name="cycle">The steps of a day (or another short season).</param>
    public static double Strength(double[][] residuals, int[] counts, int judgedDays, int cycle)
    {
        var evidence = new List<(int Day, double LogRatio, double Variance)>();
        double[][] squares = [.. residuals.Select(r => Enumerable.Range(0, judgedDays).Select(d => MeanSquare(r.AsSpan(d * cycle, Math.Min(cycle, r.Length - (d * cycle))))).ToArray())];
        for (int day = 1; day < judgedDays; day++)
        {
            var pairs = new List<(double Near, double Far)>();
            for (int j = 0; j < counts.Length; j++)
            {
                int near = Array.IndexOf(counts, counts[j] + (day * cycle));
                if (near >= 0 && squares[near][0] + squares[j][day] >= 0)
                {
                    pairs.Add((squares[near][0], squares[j][day]));
                }
            }

            double nears = pairs.Sum(p => p.Near);
            double fars = pairs.Sum(p => p.Far);
            if (pairs.Count < FewestDays || !(nears > 0) || !(fars > 0))
                continue;

            // The variance of the logarithm of a ratio of sums, by the delta method.
            double variance = pairs.Sum(p => Square((p.Far / fars) - (p.Near / nears))) * pairs.Count / (pairs.Count - 1);
            evidence.Add((day, Math.Log(fars / nears), variance));
        }

        double sum = 0;
        double total = 0;
        for (double strength = 0; strength <= MostStrength; strength += StrengthStep)
        {
            double[] law = Law(judgedDays, strength);

            // The days ahead tell much the same: together they count as one.
            double cost = evidence.Count == 0 ? 0 : evidence.Average(e => Square(Math.Log(law[e.Day]) - e.LogRatio) / (e.Variance + LeastVariance));

            // Beforehand a gamma law of mean 1.
            double weight = (strength + LeastWeight) * Math.Exp((-2 * strength) - (0.5 * cost));
            sum += weight * strength;
            total += weight;
        }

        return sum / total;
    }

    private static double Square(double value) => value * value;

    /// <summary>NaN where less than half is known.</summary>
    private static double MeanSquare(ReadOnlySpan<double> errors)
    {
        double sum = 0;
        int known = 0;
        foreach (double error in errors)
        {
            if (!double.IsNaN(error))
            {
                sum += error * error;
                known++;
            }
        }

        return 2 * known >= errors.Length && known > 0 ? sum / known : double.NaN;
    }

    /// <summary>The variance of each day ahead relative to the first.</summary>
    private static double[] Law(int days, double strength)
    {
        var law = new double[days];
        double growth = 0;
        double increment = strength * ((DayGrowth * DayGrowth) - 1);
        for (int d = 0; d < days; d++)
        {
            law[d] = 1 + growth;
            growth += increment;
            increment *= Retention;
        }

        return law;
    }
}
