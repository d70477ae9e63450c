using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// The noise of single steps about a baseline, as it was: a spread for each hour of the day, and one shape of the standardised residual for all
/// hours, its median and tails included, because the logarithms of quiet hours are skewed and those of bursts have long tails.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class ResidualNoise
{
    /// <summary>The residuals of this many days are used.</summary>
    private const int Days = 42;

    /// <summary>Days without a shape or an hour's own spread that the evidence is weighed against.</summary>
    private const double PriorDays = 3;

    /// <summary>How far an hour follows its own spread rather than that of all.</summary>
    private const double HourShare = 0.75;

    /// <summary>The days that a shape rests on: about a third of those seen, for weekends have few, old days count less, and shapes change.</summary>
    private const double ShapeDaysShare = 0.2;

    private const double KnotSpacing = 0.1;
    private const int Knots = 28;

    /// <summary>The mean absolute deviation of a normal distribution in standard deviations is √(2 ÷ π).</summary>
    private static readonly double _meanAbsoluteToDeviation = Math.Sqrt(Math.PI / 2);

    private readonly double[] _spread;
    private readonly double[] _quantiles;

    private ResidualNoise(double[] spread, double[] quantiles)
    {
        _spread = spread;
        _quantiles = quantiles;
    }

    /// <summary>Learns the noise.</summary>
    /// <param name="residuals">Residuals of consecutive steps, on the logarithm; NaN where unknown or disturbed.</param>
    /// <param name="slotOf">The step of the day of a step of the history.</param>
    /// <param name="slots">The steps of a day.</param>
    /// <param name="deviation">The robust standard deviation of the residuals, which stands in where few are known.</param>
    public static ResidualNoise Learn(ReadOnlySpan<double> residuals, Func<int, int> slotOf, int slots, double deviation)
    {
        int hours = Math.Min(24, slots);
        var sums = new double[hours];
        var counts = new double[hours];
        int first = Math.Max(0, residuals.Length - (int)Math.Min((long)Days * slots, int.MaxValue));
        for (int i = first; i < residuals.Length; i++)
        {
            if (!double.IsNaN(residuals[i]))
            {
                int hour = (int)((long)slotOf(i) * hours / slots);
                sums[hour] += Math.Abs(residuals[i]);
                counts[hour]++;
            }
        }

        double perHour = (double)slots / hours;
        double knownDays = counts.Sum() / slots;
        double overall = ((_meanAbsoluteToDeviation * sums.Sum()) + (PriorDays * slots * deviation)) / (counts.Sum() + (PriorDays * slots));
        var spread = new double[slots];
        for (int slot = 0; slot < slots; slot++)
        {
            // The hour with those beside it, half as much.
            int hour = (int)((long)slot * hours / slots);
            int before = (hour + hours - 1) % hours;
            int after = (hour + 1) % hours;
            double sum = sums[hour] + (0.5 * (sums[before] + sums[after]));
            double count = counts[hour] + (0.5 * (counts[before] + counts[after]));
            double own = ((_meanAbsoluteToDeviation * sum) + (PriorDays * perHour * overall)) / (count + (PriorDays * perHour));
            spread[slot] = (HourShare * own) + ((1 - HourShare) * overall);
        }

        // The shape was fitted to these residuals: those to come are larger, by its error twice.
        double beyond = Math.Sqrt(1 + (2 / Math.Max(2, ShapeDaysShare * knownDays)));
        for (int slot = 0; slot < slots; slot++)
        {
            spread[slot] *= beyond;
        }

        var standardised = new List<double>();
        for (int i = first; i < residuals.Length; i++)
        {
            double one = spread[slotOf(i)];
            if (!double.IsNaN(residuals[i]) && one > 0)
            {
                standardised.Add(residuals[i] / one * beyond);
            }
        }

        double share = knownDays / (knownDays + PriorDays);
        double[] sorted = [.. standardised];
        Array.Sort(sorted);
        var quantiles = new double[(2 * Knots) + 1];
        for (int k = 0; k < quantiles.Length; k++)
        {
            double deviate = (k - Knots) * KnotSpacing;
            double empirical = sorted.Length > 0 ? SampleQuantile.OfSorted(sorted, MathNet.Numerics.Distributions.Normal.CDF(0, 1, deviate)) : deviate;
            quantiles[k] = (share * empirical) + ((1 - share) * deviate);
        }

        return new ResidualNoise(spread, quantiles);
    }

    /// <summary>The residual at a step of the day that corresponds to a standard normal deviate; beyond ± 2.8 in proportion.</summary>
    public double At(int slot, double deviate)
    {
        double within = Math.Clamp(deviate, -Knots * KnotSpacing, Knots * KnotSpacing);
        double position = (within / KnotSpacing) + Knots;
        int below = Math.Min((int)position, (2 * Knots) - 1);
        double value = _quantiles[below] + ((position - below) * (_quantiles[below + 1] - _quantiles[below]));
        return _spread[slot] * (within == deviate ? value : value * deviate / within);
    }
}
