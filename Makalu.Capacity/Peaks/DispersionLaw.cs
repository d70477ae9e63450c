using Makalu.Capacity.Series;

namespace Makalu.Capacity.Peaks;

/// <summary>
/// The index of dispersion of counts at a level: I − 1 grows as a power of the level between 0 (the same kind of bursts) and 1 (the rate
/// itself swings), fitted on the busier half of the steps.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class DispersionLaw
{
    private readonly double _excessAtCentre;
    private readonly double _exponent;
    private readonly double _centre;

    private DispersionLaw(double excessAtCentre, double exponent, double centre)
    {
        _excessAtCentre = excessAtCentre;
        _exponent = exponent;
        _centre = centre;
    }

    /// <summary>Learns the law; null where no step's dispersion is known.</summary>
    public static DispersionLaw? Fit(RequestHistory history, TimeSeries? dispersion)
    {
        if (dispersion is null)
        {
            return null;
        }

        double seconds = history.Requests.Step.TotalSeconds;
        List<(double Level, double Excess)> pairs = [];
        for (int i = 0; i < Math.Min(history.Requests.Count, dispersion.Count); i++)
        {
            double level = history.Requests[i] / seconds;
            if (level > 0 && dispersion[i] >= 0)
            {
                pairs.Add((Math.Log(level), Math.Max(dispersion[i] - 1, 0)));
            }
        }

        if (pairs.Count == 0)
        {
            return null;
        }

        pairs.Sort((a, b) => a.Level.CompareTo(b.Level));
        (double Level, double Excess)[] busy = [.. pairs.Skip(pairs.Count / 2)];
        double mean = busy.Average(p => p.Excess);
        if (mean <= 0)
        {
            return new DispersionLaw(0, 0, 0);
        }

        // Poisson regression of the excess on the log level by a few Newton steps: it needs no logarithm of an excess of zero.
        double centre = busy.Average(p => p.Level);
        double exponent = 0;
        double intercept = Math.Log(mean);
        for (int iteration = 0; iteration < 25; iteration++)
        {
            double g0 = 0, g1 = 0, h00 = 1e-9, h01 = 0, h11 = 1e-6;
            foreach ((double level, double excess) in busy)
            {
                double x = level - centre;
                double fitted = Math.Exp(Math.Clamp(intercept + (exponent * x), -50, 50));
                g0 += excess - fitted;
                g1 += (excess - fitted) * x;
                h00 += fitted;
                h01 += fitted * x;
                h11 += fitted * x * x;
            }

            double determinant = (h00 * h11) - (h01 * h01);
            if (determinant <= 1e-12)
            {
                break;
            }

            intercept += ((h11 * g0) - (h01 * g1)) / determinant;
            exponent += ((h00 * g1) - (h01 * g0)) / determinant;
        }

        exponent = double.IsFinite(exponent) ? Math.Clamp(exponent, 0, 1) : 0;
        double atCentre = mean / busy.Average(p => Math.Exp(exponent * (p.Level - centre)));
        return new DispersionLaw(atCentre, exponent, centre);
    }

    /// <summary>The index of dispersion at a level.</summary>
    public double At(double requestsPerSecond)
        => _excessAtCentre == 0 ? 1 : 1 + (_excessAtCentre * Math.Exp(_exponent * (Math.Log(Math.Max(requestsPerSecond, 1e-9)) - _centre)));
}
