using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;
using MathNet.Numerics.Distributions;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// Brings the maxima of paths within a window (a day) to the distribution that the maxima which came had at the rolling origins. At each
/// origin the maximum that came has a rank among those of the paths drawn from there; as normal scores the ranks of a true forecast are standard
/// normal (the probability integral transform; Gneiting, Balabdaoui and Raftery, Journal of the Royal Statistical Society B 69, 2007).
/// Their mean and standard deviation, shrunk to 0 and 1 where there are few, are then put right on the paths themselves.
/// </summary>
/// <param name="Mean">The mean of the scores: below 0 where paths' maxima were too high.</param>
/// <param name="Deviation">Their standard deviation: below 1 where paths' maxima were spread too far.</param>
internal sealed record PeakCalibration(double Mean, double Deviation)
{
    /// <summary>Windows of evidence that a mean of 0 and a deviation of 1 are given beforehand; more before paths are spread further than the errors say.</summary>
    private const double PriorWindows = 8;
    private const double PriorWindowsToSpread = 30;

    /// <summary>A path is bent from half way between the centre and its maximum on, and where it is above half of that maximum.</summary>
    private const double BaseShare = 0.5;

    private const int PathsPerOrigin = 200;
    private const int Seed = 0x7065616b;

    /// <summary>Scores beyond this count as this: they are ranks among few paths.</summary>
    private const double MostScore = 2.8;

    /// <summary>Beyond the highest of the paths' maxima, one score further is at most this many times as high: of few paths the upper end may be a cliff.</summary>
    private const double MostRise = 2;

    private const double LeastDeviation = 0.4;
    private const double MostDeviation = 1.6;

    public static PeakCalibration None { get; } = new(0, 1);

    /// <summary>Learns from the forecasts at the rolling origins.</summary>
    /// <param name="series">The history at its own step; NaN where unknown.</param>
    /// <param name="working">The same at the working step.</param>
    /// <param name="fit">The fitted pool.</param>
    /// <param name="cancellationToken">Cancels between origins.</param>
    public static PeakCalibration Estimate(TimeSeries series, WorkingSeries working, PoolFit fit, CancellationToken cancellationToken)
    {
        if (fit.Past.Length < 2)
            return None;

        var scores = new List<(int Window, double Score)>[fit.Past.Length];
        ParallelLoop.For(scores.Length, j => scores[j] = ScoresAt(series.Values, working, fit, fit.Past[j], cancellationToken), cancellationToken);

        // A window that several origins saw is one piece of evidence.
        double[][] byWindow = [.. scores.SelectMany(s => s).GroupBy(s => s.Window, s => s.Score).OrderBy(g => g.Key).Select(g => g.ToArray())];
        if (byWindow.Length == 0)
            return None;

        double count = Independent([.. byWindow.Select(s => s.Average())]);
        double mean = byWindow.Average(s => s.Average()) * count / (count + PriorWindows);
        double square = byWindow.Average(s => s.Average(v => (v - mean) * (v - mean)));
        double prior = square > 1 ? PriorWindowsToSpread : PriorWindows;
        double variance = ((square * count) + prior) / (count + prior);

        // Mean and deviation learned from few windows are themselves uncertain: what is foretold is wider (as Student's t is).
        variance *= 1 + (3 / (count + PriorWindows));
        return new PeakCalibration(mean, Math.Clamp(Math.Sqrt(variance), LeastDeviation, MostDeviation));
    }

    /// <summary>The number of independent scores that tell as much about a mean as these do, which follow each other in time (first-order autocorrelation).</summary>
    private static double Independent(double[] scores)
    {
        double mean = scores.Average();
        double product = 0;
        double square = 0;
        for (int k = 0; k < scores.Length; k++)
        {
            square += (scores[k] - mean) * (scores[k] - mean);
            product += k > 0 ? (scores[k] - mean) * (scores[k - 1] - mean) : 0;
        }

        // The correlation about the sample's own mean is too low by about 1 ÷ n (Kendall, Biometrika 41, 1954).
        double correlation = square > 0 ? Math.Clamp((product / square) + (1.0 / scores.Length), 0, 0.8) : 0;
        return scores.Length * (1 - correlation) / (1 + correlation);
    }

    /// <summary>Puts the paths' maxima right, window by window; the medians of the steps stay.</summary>
    /// <param name="paths">Path after path.</param>
    /// <param name="centre">The path without errors or noise.</param>
    /// <param name="window">The steps of a window.</param>
    public void Apply(double[] paths, double[] centre, int window)
    {
        if (this == None)
            return;

        int horizon = centre.Length;
        ParallelLoop.For((horizon + window - 1) / window, w =>
        {
            int first = w * window;
            int length = Math.Min(window, horizon - first);
            int count = paths.Length / horizon;
            var maxima = new double[count];
            var order = new int[count];
            for (int p = 0; p < count; p++)
            {
                maxima[p] = System.Numerics.Tensors.TensorPrimitives.Max<double>(paths.AsSpan((p * horizon) + first, length));
                order[p] = p;
            }

            Array.Sort(maxima, order);
            for (int r = 0; r < count; r++)
            {
                double wanted = Quantile(maxima, Mean + (Deviation * Score(r, count)));
                Bend(paths.AsSpan((order[r] * horizon) + first, length), centre.AsSpan(first, length), maxima[r], wanted);
            }
        });
    }

    private static List<(int Window, double Score)> ScoresAt(ReadOnlySpan<double> values, WorkingSeries working, PoolFit fit, PastForecast past, CancellationToken cancellationToken)
    {
        int group = working.StepsPerValue;
        int judged = fit.JudgedHorizon * group;
        int window = Math.Min(fit.Seasons.Cycle, fit.JudgedHorizon) * group;
        int skipped = values.Length - (working.Values.Length * group);
        double[] paths = PathSimulation.Draw(working, past.Law, past.Count, judged, PathsPerOrigin, Seed, cancellationToken);
        var maxima = new double[PathsPerOrigin];
        var scores = new List<(int, double)>();
        for (int first = 0; first + window <= judged; first += window)
        {
            double highest = double.NegativeInfinity;
            int known = 0;
            for (int i = first; i < first + window; i++)
            {
                int g = past.Count + (i / group);
                double value = values[skipped + (past.Count * group) + i] * Aligned(fit.Values[g], working.Values[g]);
                highest = value > highest ? value : highest;
                known += double.IsNaN(value) ? 0 : 1;
            }

            if (2 * known < window)
                continue;

            for (int p = 0; p < maxima.Length; p++)
            {
                maxima[p] = System.Numerics.Tensors.TensorPrimitives.Max<double>(paths.AsSpan((p * judged) + first, window));
            }

            double probability = Rank(maxima, highest);
            scores.Add((past.Count + (first / group), Math.Clamp(Normal.InvCDF(0, 1, probability), -MostScore, MostScore)));
        }

        return scores;
    }

    /// <summary>The part of a sample that lies below a value, strictly between 0 and 1; of equal ones half do, as on small counts whose maxima are few whole numbers.</summary>
    internal static double Rank(ReadOnlySpan<double> sample, double value)
    {
        int below = 0;
        int equal = 0;
        foreach (double one in sample)
        {
            below += one < value ? 1 : 0;
            equal += one == value ? 1 : 0;
        }

        return (below + (0.5 * equal) + 0.5) / (sample.Length + 1);
    }

    /// <summary>What a value is multiplied with to stand on the level that the history was aligned to.</summary>
    private static double Aligned(double fitted, double original) => fitted == original || !(original > 0) ? 1 : fitted / original;

    private static double Score(int rank, int count) => Normal.InvCDF(0, 1, (rank + 0.5) / count);

    /// <summary>The quantile at a normal score; beyond the sample on the straight line, in logarithms, through its upper end.</summary>
    private static double Quantile(double[] sorted, double score)
    {
        double last = Score(sorted.Length - 1, sorted.Length);
        if (score > last)
        {
            double from = last - 1;
            double top = sorted[^1];
            double lower = Quantile(sorted, from);
            return lower > 0 ? top * Math.Exp((score - last) * Math.Log(Math.Min(top / lower, MostRise))) : top;
        }

        double position = Math.Clamp((Normal.CDF(0, 1, score) * sorted.Length) - 0.5, 0, sorted.Length - 1);
        int below = (int)position;
        return below + 1 < sorted.Length ? sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below])) : sorted[^1];
    }

    /// <summary>
    /// Stretches or compresses what of a path lies above a base so that its maximum becomes the wanted one; not below the centre, which is the
    /// base's least. What lies below the base, and with it the median of each step, stays.
    /// </summary>
    private static void Bend(Span<double> path, ReadOnlySpan<double> centre, double highest, double wanted)
    {
        double lower = Math.Min(highest, wanted);
        double factor = double.PositiveInfinity;
        for (int i = 0; i < path.Length; i++)
        {
            double from = Base(centre[i], lower);
            if (path[i] > from)
            {
                factor = Math.Min(factor, Math.Max(0, wanted - from) / (path[i] - from));
            }
        }

        if (double.IsPositiveInfinity(factor))
            return;

        for (int i = 0; i < path.Length; i++)
        {
            double from = Base(centre[i], lower);
            if (path[i] > from)
            {
                path[i] = from + ((path[i] - from) * factor);
            }
        }
    }

    private static double Base(double centre, double lower) => Math.Max(centre + (BaseShare * Math.Max(0, lower - centre)), BaseShare * lower);
}
