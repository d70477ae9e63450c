namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// How relative errors depend on the level: their standard deviation is proportional to level^(−exponent ÷ 2). Exponent 0 is
/// a noise that is a fixed part of the level, 1 that of counts, 2 one of a fixed size.
/// </summary>
internal sealed class LevelDependence
{
    private const double MostExponent = 2;
    private const double LeastExponent = -0.5;
    private const double ExponentStep = 0.125;

    /// <summary>Levels further from the mean level than this ratio count as this far.</summary>
    private const double MostRatio = 20;

    /// <summary>Evidence, in residuals, against which the exponent is drawn towards 0.</summary>
    private const double PriorResiduals = 30;

    private readonly double _meanLogLevel;

    private LevelDependence(double exponent, double meanLogLevel)
    {
        Exponent = exponent;
        _meanLogLevel = meanLogLevel;
    }

    /// <summary>A standard deviation that is the same at all levels.</summary>
    public static LevelDependence None { get; } = new(0, 0);

    public double Exponent { get; }

    /// <summary>The factor on the standard deviation at a level.</summary>
    public double Factor(double level) => Exponent == 0 ? 1 : Math.Exp(-0.5 * Exponent * LogRatio(level));

    /// <summary>Chooses the exponent by the likelihood of the residuals under a Laplace law, which outliers sway little.</summary>
    /// <param name="residuals">Residuals by origin and step; NaN where unknown.</param>
    /// <param name="levels">The forecast levels that they belong to.</param>
    public static LevelDependence Estimate(double[][] residuals, double[][] levels)
    {
        double sum = 0;
        int count = 0;
        for (int j = 0; j < residuals.Length; j++)
        {
            for (int h = 0; h < residuals[j].Length; h++)
            {
                if (!double.IsNaN(residuals[j][h]) && levels[j][h] > 0)
                {
                    sum += Math.Log(levels[j][h]);
                    count++;
                }
            }
        }

        if (count < 10)
            return new LevelDependence(0, 0);

        double best = 0;
        double bestCost = double.PositiveInfinity;
        for (double exponent = LeastExponent; exponent <= MostExponent; exponent += ExponentStep)
        {
            var candidate = new LevelDependence(exponent, sum / count);
            double cost = candidate.Cost(residuals, levels);
            if (cost < bestCost)
            {
                bestCost = cost;
                best = exponent;
            }
        }

        return new LevelDependence(best * count / (count + PriorResiduals), sum / count);
    }

    private double Cost(double[][] residuals, double[][] levels)
    {
        double absolute = 0;
        double logFactor = 0;
        int count = 0;
        for (int j = 0; j < residuals.Length; j++)
        {
            for (int h = 0; h < residuals[j].Length; h++)
            {
                double residual = residuals[j][h];
                if (!double.IsNaN(residual) && levels[j][h] > 0)
                {
                    double log = -0.5 * Exponent * LogRatio(levels[j][h]);
                    absolute += Math.Abs(residual) * Math.Exp(-log);
                    logFactor += log;
                    count++;
                }
            }
        }

        return Math.Log((absolute / count) + 1e-12) + (logFactor / count);
    }

    private double LogRatio(double level)
    {
        double limit = Math.Log(MostRatio);
        return level > 0 ? Math.Clamp(Math.Log(level) - _meanLogLevel, -limit, limit) : -limit;
    }
}
