using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// The autocorrelation of standardised errors as the sum of a slow process (days), a quick first-order autoregression and
/// white noise; simulated as a Gaussian process whose every step is standard normal.
/// </summary>
/// <param name="Slow">The slow process's part of the variance.</param>
/// <param name="SlowPersistence">Its correlation from step to step.</param>
/// <param name="Quick">The quick process's part of the variance.</param>
/// <param name="QuickPersistence">Its correlation from step to step.</param>
internal sealed record ErrorDependence(double Slow, double SlowPersistence, double Quick, double QuickPersistence)
{
    /// <summary>The slow process loses this part of its correlation by a cycle.</summary>
    private const double CycleCorrelation = 0.8;

    /// <summary>Estimates the parts from the autocorrelation within origins.</summary>
    /// <param name="standardised">Standardised errors by origin and step; NaN where unknown.</param>
    /// <param name="cycle">The steps of a day (or another short season).</param>
    public static ErrorDependence Estimate(double[][] standardised, int cycle)
    {
        int judged = standardised[0].Length;
        double slowPersistence = Math.Pow(CycleCorrelation, 1.0 / cycle);
        double far = Correlation(standardised, Math.Min(cycle, (judged + 1) / 2));
        double one = Correlation(standardised, 1);
        double two = Correlation(standardised, 2);
        double slow = Math.Clamp(far / CycleCorrelation, 0, 0.9);
        double quickAtOne = Math.Max(0, one - (slow * slowPersistence));
        double quickAtTwo = Math.Max(0, two - (slow * slowPersistence * slowPersistence));
        double persistence = quickAtOne > 0 ? Math.Clamp(quickAtTwo / quickAtOne, 0.05, 0.98) : 0.5;
        double quick = Math.Clamp(quickAtOne / persistence, 0, 1 - slow);
        return new ErrorDependence(slow, slowPersistence, quick, persistence);
    }

    /// <summary>The correlation of two steps that follow each other.</summary>
    public double StepCorrelation => (Slow * SlowPersistence) + (Quick * QuickPersistence);

    /// <summary>The number of independent normal errors whose squares tell as much about a variance as those of so many steps in a row (Bartlett, Journal of the Royal Statistical Society Supplement 8, 1946).</summary>
    /// <param name="steps">1 or more.</param>
    public double IndependentSquares(int steps)
    {
        double sum = 1;
        double slow = Slow;
        double quick = Quick;
        for (int lag = 1; lag < steps; lag++)
        {
            slow *= SlowPersistence;
            quick *= QuickPersistence;
            sum += 2 * (1 - ((double)lag / steps)) * (slow + quick) * (slow + quick);
        }

        return steps / sum;
    }

    /// <summary>Fills <paramref name="path"/> with one draw of standard normal deviates.</summary>
    public void Simulate(RandomStream random, Span<double> path)
    {
        double slowScale = Math.Sqrt(1 - (SlowPersistence * SlowPersistence));
        double quickScale = Math.Sqrt(1 - (QuickPersistence * QuickPersistence));
        double slow = random.NextNormal();
        double quick = random.NextNormal();
        double slowPart = Math.Sqrt(Slow);
        double quickPart = Math.Sqrt(Quick);
        double whitePart = Math.Sqrt(Math.Max(0, 1 - Slow - Quick));
        for (int h = 0; h < path.Length; h++)
        {
            path[h] = (slowPart * slow) + (quickPart * quick) + (whitePart * random.NextNormal());
            slow = (SlowPersistence * slow) + (slowScale * random.NextNormal());
            quick = (QuickPersistence * quick) + (quickScale * random.NextNormal());
        }
    }

    /// <summary>The correlation about zero at a lag, pooled over origins.</summary>
    private static double Correlation(double[][] standardised, int lag)
    {
        double product = 0;
        double square = 0;
        int products = 0;
        int squares = 0;
        foreach (double[] origin in standardised)
        {
            for (int h = 0; h < origin.Length; h++)
            {
                if (double.IsNaN(origin[h]))
                    continue;

                square += origin[h] * origin[h];
                squares++;
                if (h >= lag && !double.IsNaN(origin[h - lag]))
                {
                    product += origin[h] * origin[h - lag];
                    products++;
                }
            }
        }

        return products > 0 && square > 0 ? Math.Clamp(product / products / (square / squares), -1, 1) : 0;
    }
}
