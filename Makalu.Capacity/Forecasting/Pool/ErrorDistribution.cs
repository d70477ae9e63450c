using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// The distribution of the pool's errors on the transformed scale: a standard deviation for each step ahead, one shape of the
/// standardised error that the empirical one is shrunk to, and the autocorrelation from step to step.
/// </summary>
internal sealed class ErrorDistribution
{
    /// <summary>The empirical quantile's share; the rest is the normal one's, because empirical quantiles from few origins miss the tails.</summary>
    private const double EmpiricalShare = 0.55;

    /// <summary>Where less than a day ahead could be judged and more is asked, the width is hardly known at all: as if from so many independent errors.</summary>
    private const double DegreesOfFreedomWithinDay = 3;

    /// <summary>The shape of the error over the day is drawn towards none as if by so many days without one.</summary>
    private const double ShapePriorDays = 8;

    /// <summary>How far each side follows its own errors rather than the absolute ones of both.</summary>
    private const double SideShare = 0.6;

    /// <summary>Knots of the standardised quantile function, in standard normal deviates.</summary>
    private const double KnotSpacing = 0.05;
    private const int Knots = 45;

    private readonly double[] _scale;
    private readonly LevelDependence _levels;
    private readonly double[] _lower;
    private readonly double[] _upper;
    private readonly double _added;

    private ErrorDistribution(double[] scale, LevelDependence levels, double[] lower, double[] upper, ErrorDependence dependence, double degreesOfFreedom, double added = 0)
    {
        DegreesOfFreedom = degreesOfFreedom;
        _scale = scale;
        _levels = levels;
        _lower = lower;
        _upper = upper;
        _added = added;
        Dependence = dependence;
    }

    /// <summary>How errors hang together from step to step.</summary>
    public ErrorDependence Dependence { get; }

    /// <summary>The learned width is as uncertain as one from so many independent errors; infinite where it is given.</summary>
    public double DegreesOfFreedom { get; }

    /// <summary>The standard deviation at a step ahead where the forecast is <paramref name="level"/>.</summary>
    public double Deviation(int step, double level)
    {
        double deviation = _scale[step] * _levels.Factor(level);
        return _added > 0 ? Math.Sqrt((deviation * deviation) + (_added * _added)) : deviation;
    }

    /// <summary>Estimates the distribution from residuals by origin and step; NaN where unknown.</summary>
    /// <param name="residuals">At least two origins, all of one length.</param>
    /// <param name="levels">The forecasts that the residuals belong to.</param>
    /// <param name="counts">The values before each origin, the latest first.</param>
    /// <param name="horizon">The steps to describe, which may be more than those of the residuals.</param>
    /// <param name="cycle">The steps of a day (or another short season).</param>
    public static ErrorDistribution Estimate(double[][] residuals, double[][] levels, int[] counts, int horizon, int cycle)
    {
        LevelDependence dependence = LevelDependence.Estimate(residuals, levels);
        residuals = [.. residuals.Zip(levels, (r, l) => r.Zip(l, (residual, level) => residual / dependence.Factor(level)).ToArray())];
        double[] scale = ScaleByStep(residuals, counts, horizon, cycle);
        int judged = residuals[0].Length;
        var standardised = new double[residuals.Length][];
        var known = new List<double>(residuals.Length * judged);
        for (int j = 0; j < residuals.Length; j++)
        {
            standardised[j] = new double[judged];
            for (int h = 0; h < judged; h++)
            {
                double z = residuals[j][h] / scale[h];
                standardised[j][h] = z;
                if (!double.IsNaN(z))
                {
                    known.Add(z);
                }
            }
        }

        double[] signed = [.. known];
        Array.Sort(signed);
        double[] absolute = [.. known.Select(Math.Abs)];
        Array.Sort(absolute);
        var upper = new double[Knots];
        var lower = new double[Knots];
        for (int k = 1; k < Knots; k++)
        {
            double deviate = k * KnotSpacing;
            double central = NormalDistribution.Central(deviate);
            double either = SampleQuantile.OfSorted(absolute, central);
            double above = Math.Max(0, SampleQuantile.OfSorted(signed, 0.5 * (1 + central)));
            double below = Math.Max(0, -SampleQuantile.OfSorted(signed, 0.5 * (1 - central)));
            upper[k] = (EmpiricalShare * ((SideShare * above) + ((1 - SideShare) * either))) + ((1 - EmpiricalShare) * deviate);
            lower[k] = (EmpiricalShare * ((SideShare * below) + ((1 - SideShare) * either))) + ((1 - EmpiricalShare) * deviate);
        }

        var fromStepToStep = ErrorDependence.Estimate(standardised, cycle);
        double degreesOfFreedom = judged < Math.Min(cycle, horizon) ? DegreesOfFreedomWithinDay : WidthUncertainty.DegreesOfFreedom(standardised, fromStepToStep, counts[0] - counts[^1] + judged, cycle);
        return new ErrorDistribution(scale, dependence, lower, upper, fromStepToStep, degreesOfFreedom);
    }

    /// <summary>The same errors with more of them: a further standard deviation at each step.</summary>
    public ErrorDistribution Widen(double deviation)
        => deviation > 0 ? new(_scale, _levels, _lower, _upper, Dependence, DegreesOfFreedom, Math.Sqrt((_added * _added) + (deviation * deviation))) : this;

    /// <summary>Independent normal errors of the given standard deviations.</summary>
    public static ErrorDistribution Normal(double[] scale, ErrorDependence dependence, double degreesOfFreedom = double.PositiveInfinity)
    {
        double[] normal = [.. Enumerable.Range(0, Knots).Select(k => k * KnotSpacing)];
        return new ErrorDistribution(scale, LevelDependence.None, normal, normal, dependence, degreesOfFreedom);
    }

    /// <summary>
    /// The true width ÷ the learned one, drawn once for a whole path: errors of a step are then Student's t, and a maximum over many steps, which a greater width for all paths would raise
    /// on every one of them, is wider in its upper quantiles while its median stays.
    /// </summary>
    public double DrawWidth(RandomStream random)
        => double.IsPositiveInfinity(DegreesOfFreedom) ? 1 : Math.Sqrt(DegreesOfFreedom / (2 * random.NextGamma(DegreesOfFreedom / 2)));

    /// <summary>The error in standard deviations that corresponds to a standard normal deviate.</summary>
    public double Standardised(double deviate)
    {
        double[] quantiles = deviate < 0 ? _lower : _upper;
        double position = Math.Abs(deviate) / KnotSpacing;
        int below = (int)position;
        double value = below + 1 < Knots
            ? quantiles[below] + ((position - below) * (quantiles[below + 1] - quantiles[below]))
            : quantiles[^1] * position / (Knots - 1);
        return deviate < 0 ? -value : value;
    }

    private static double[] ScaleByStep(double[][] residuals, int[] counts, int horizon, int cycle)
    {
        int judged = residuals[0].Length;
        double[] byStep = MeanSquareByStep(residuals, judged);
        double total = SampleMean.OfKnown(byStep, whenNone: 0);
        double[] byPhase = SmoothShape(byStep, cycle);
        double[] byDay = ErrorGrowth.ByDay(residuals, counts, horizon, cycle);
        double daysSeen = residuals.Length + (judged / (double)cycle) - 1;
        double share = daysSeen / (daysSeen + ShapePriorDays);
        double rampSteps = 3.0 * cycle / 24;
        var scale = new double[horizon];
        for (int h = 0; h < horizon; h++)
        {
            double ramp = 1 - (0.55 * Math.Exp(-h / rampSteps));
            scale[h] = (Math.Sqrt(total * (1 - share + (share * byPhase[h % cycle]))) * ramp * byDay[h / cycle]) + 1e-12;
        }

        return scale;
    }

    private static double[] MeanSquareByStep(double[][] residuals, int judged)
    {
        var mean = new double[judged];
        for (int h = 0; h < judged; h++)
        {
            double sum = 0;
            int count = 0;
            foreach (double[] residual in residuals)
            {
                if (!double.IsNaN(residual[h]))
                {
                    sum += residual[h] * residual[h];
                    count++;
                }
            }

            mean[h] = count > 0 ? sum / count : double.NaN;
        }

        return mean;
    }

    /// <summary>The mean square by step of the cycle, smoothed over three twenty-fourths of a cycle, with mean 1.</summary>
    private static double[] SmoothShape(double[] byStep, int cycle)
    {
        var shape = new double[cycle];
        Array.Fill(shape, 1);
        if (byStep.Length < cycle)
            return shape;

        var raw = new double[cycle];
        for (int phase = 0; phase < cycle; phase++)
        {
            double sum = 0;
            int count = 0;
            for (int h = phase; h < byStep.Length; h += cycle)
            {
                if (!double.IsNaN(byStep[h]))
                {
                    sum += byStep[h];
                    count++;
                }
            }

            raw[phase] = count > 0 ? sum / count : double.NaN;
        }

        double mean = SampleMean.OfKnown(raw, whenNone: 0);
        if (!(mean > 0))
            return shape;

        int reach = cycle >= 3 ? Math.Max(1, (int)Math.Round(cycle / 24.0)) : 0;
        var smooth = new double[(2 * reach) + 1];
        for (int phase = 0; phase < cycle; phase++)
        {
            for (int d = -reach; d <= reach; d++)
            {
                smooth[d + reach] = raw[(phase + d + cycle) % cycle];
            }

            double value = SampleMean.OfKnown(smooth, whenNone: 0);
            shape[phase] = value > 0 ? value / mean : 1;
        }

        return shape;
    }
}
