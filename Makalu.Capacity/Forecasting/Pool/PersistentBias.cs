namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// What the pool has been wrong by at origin after origin, day ahead by day ahead: growth that its members follow late. A mean error is believed by the positive part of James and
/// Stein's estimator (Proceedings of the Fourth Berkeley Symposium 1, 1961), so that one that chance may have made moves nothing.
/// </summary>
internal sealed class PersistentBias
{
    /// <summary>The multiple of its own variance by which the square of a mean is shrunk: means of less than two standard errors are not believed.</summary>
    private const double Doubt = 4;

    /// <summary>The weight of an origin relative to the one after it.</summary>
    private const double Retention = 0.93;

    private readonly double[][] _means;
    private readonly double _spanInCycles;
    private readonly int _cycle;

    private PersistentBias(double[][] means, double spanInCycles, int cycle)
    {
        _means = means;
        _spanInCycles = spanInCycles;
        _cycle = cycle;
    }

    /// <summary>The errors of a pool by day ahead; null where origins do not lie whole cycles apart: they then share most of what was judged, and differ by the time of day.</summary>
    /// <param name="residuals">By origin, the latest first, and step; NaN where unknown. On the transformed scale.</param>
    /// <param name="counts">The values before each origin.</param>
    /// <param name="cycle">The steps of a day (or another short season).</param>
    public static PersistentBias? Of(double[][] residuals, int[] counts, int cycle)
    {
        int span = counts[0] - counts[^1];
        if (span < (counts.Length - 1) * cycle)
            return null;

        int judged = residuals[0].Length;
        int days = Math.Max(1, judged / cycle);
        double[][] means = [.. Enumerable.Range(0, days).Select(d => residuals.Select(r => Numerics.SampleMean.OfKnown(r.AsSpan()[(d * cycle)..(d == days - 1 ? judged : (d + 1) * cycle)])).ToArray())];
        return new PersistentBias(means, span / (double)cycle, cycle);
    }

    /// <summary>Moves the pool's forecasts and their errors, each by what the other origins tell.</summary>
    /// <param name="residuals">Those that it was made of.</param>
    /// <param name="levels">The pool's forecasts at each origin, on the scale of the observations.</param>
    /// <param name="centre">The forecast.</param>
    /// <param name="transform">The scale of the errors.</param>
    public void Take(double[][] residuals, double[][] levels, double[] centre, in ValueTransform transform)
    {
        Move(centre, Moves(leftOut: -1), transform);
        for (int j = 0; j < residuals.Length; j++)
        {
            double[] moves = Moves(leftOut: j);
            Move(levels[j], moves, transform);
            for (int h = 0; h < residuals[j].Length; h++)
            {
                residuals[j][h] -= moves[Math.Min(h / _cycle, moves.Length - 1)];
            }
        }
    }

    private void Move(double[] levels, double[] moves, in ValueTransform transform)
    {
        for (int h = 0; h < levels.Length; h++)
        {
            double move = moves[Math.Min(h / _cycle, moves.Length - 1)];
            levels[h] = move == 0 ? levels[h] : transform.Inverse(transform.Forward(levels[h]) + move);
        }
    }

    /// <summary>The believed part of the mean error of each day ahead, on the transformed scale.</summary>
    /// <param name="leftOut">The origin left out, and with it those so near that what they were wrong by hangs together with its own; −1 for none.</param>
    public double[] Moves(int leftOut) => [.. _means.Select((means, day) => Believed(means, day, leftOut))];

    private double Believed(double[] means, int day, int leftOut)
    {
        double sum = 0, squares = 0, total = 0, totalOfSquares = 0;
        double weight = 1;
        for (int j = 0; j < means.Length; j++, weight *= Retention)
        {
            if ((leftOut >= 0 && Math.Abs(j - leftOut) <= day) || double.IsNaN(means[j]))
                continue;

            sum += weight * means[j];
            squares += weight * means[j] * means[j];
            total += weight;
            totalOfSquares += weight * weight;
        }

        if (total == 0)
            return 0;

        double mean = sum / total;
        double variance = Math.Max(0, (squares / total) - (mean * mean));

        // A day so far ahead is seen whole by so many origins in a row: the span holds that many fewer independent errors.
        double used = total * total / totalOfSquares / means.Length;
        double independent = _spanInCycles * used / (1 + day);
        return independent > 0 && mean != 0 ? Math.Max(0, 1 - (Doubt * variance / (independent * mean * mean))) * mean : 0;
    }
}
