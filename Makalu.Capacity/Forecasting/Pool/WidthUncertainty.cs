namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// How uncertain the learned width of errors is for the days to come: because few independent errors told it, and because it is another one on some days than on others. The second shows
/// in what each step's error adds to that of the step before, which is nearly independent from step to step: their mean square differs from day to day by chance, and beyond it where the width does.
/// </summary>
internal static class WidthUncertainty
{
    /// <summary>The fewest independent errors that a width counts as, and what it counts as before anything is seen: as uncertain as usual on traffic.</summary>
    public const double FewestDegrees = 9;

    private const double UsualVariance = 2 / FewestDegrees;

    /// <summary>Traffic keeps its law less strictly than the normal one by which chance is reckoned: the variance of the seen variation counts as so many times the normal one.</summary>
    private const double Doubt = 6;

    private const double MostDegrees = 1000;

    /// <summary>Fewer days at one distance from their origins tell nothing.</summary>
    private const int FewestDays = 3;

    /// <summary>The degrees of freedom of a χ² law, of which the squared width ÷ the true one is a part.</summary>
    /// <param name="standardised">Standardised errors by origin and step; NaN where unknown.</param>
    /// <param name="dependence">How they hang together.</param>
    /// <param name="span">The steps from the earliest judged one to the last.</param>
    /// <param name="cycle">The steps of a day (or another short season).</param>
    public static double DegreesOfFreedom(double[][] standardised, ErrorDependence dependence, int span, int cycle)
    {
        double learned = 2 / dependence.IndependentSquares(span);
        return Math.Clamp(2 / (learned + DailyVariance(standardised, dependence.StepCorrelation, span, cycle)), FewestDegrees, MostDegrees);
    }

    /// <summary>The variance of a day's squared width ÷ its mean, as far as it is beyond chance and believed.</summary>
    private static double DailyVariance(double[][] standardised, double correlation, int span, int cycle)
    {
        int steps = Math.Min(cycle, standardised[0].Length);
        double variance = 0;
        double known = 0;
        int judged = 0;
        for (int day = 0; (day + 1) * steps <= standardised[0].Length; day++)
        {
            (double Mean, int Known)[] squares = [.. standardised.Select(errors => MeanSquareOfChanges(errors, correlation, day * steps, steps)).Where(s => 2 * s.Known >= steps)];
            double mean = squares.Length < FewestDays ? 0 : squares.Average(s => s.Mean);
            if (mean > 0)
            {
                variance += squares.Sum(s => ((s.Mean / mean) - 1) * ((s.Mean / mean) - 1)) / (squares.Length - 1);
                known += squares.Average(s => s.Known);
                judged++;
            }
        }

        if (judged == 0)
            return UsualVariance;

        double chance = 2 / (known / judged);
        double beyond = Math.Max(0, (variance / judged) - chance);
        double days = Math.Max(1, (double)span / cycle);
        double doubt = Doubt * (chance + beyond) * (chance + beyond) * 2 / days;
        double share = UsualVariance * UsualVariance / ((UsualVariance * UsualVariance) + doubt);
        return UsualVariance + (share * (beyond - UsualVariance));
    }

    /// <summary>The mean square of what errors are beyond what follows from the error before.</summary>
    private static (double Mean, int Known) MeanSquareOfChanges(double[] errors, double correlation, int first, int steps)
    {
        double sum = 0;
        int known = 0;
        for (int h = Math.Max(1, first); h < first + steps; h++)
        {
            double change = errors[h] - (correlation * errors[h - 1]);
            if (!double.IsNaN(change))
            {
                sum += change * change;
                known++;
            }
        }

        return (sum / known, known);
    }
}
