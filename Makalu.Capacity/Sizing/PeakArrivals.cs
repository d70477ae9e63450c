using Makalu.Capacity.Peaks;
using MathNet.Numerics.Distributions;

namespace Makalu.Capacity.Sizing;

/// <summary>The arrivals that a forecast peak stands for.</summary>
internal static class PeakArrivals
{
    /// <summary>Up to this step the rate is taken as steady within the step; within a longer one the busiest second tells the rate.</summary>
    private static readonly TimeSpan LongestSteadyStep = TimeSpan.FromMinutes(2);

    public static ArrivalProcess Of(PeakDemand demand, ICollection<string> assumptions)
    {
        double rate = demand.StepRequestsPerSecond;
        if (demand.DispersionAtOneSecond is { } atOneSecond)
        {
            if (demand.DispersionAtTenthOfSecond is null && atOneSecond > 1.05)
            {
                assumptions.Add(FormattableString.Invariant($"The dispersion of {atOneSecond:0.##} is known at one second only; it is taken as bursts, which need the larger pools."));
            }

            return ArrivalProcess.FromDispersion(rate, atOneSecond, demand.DispersionAtTenthOfSecond);
        }

        if (demand is { BurstFactorMeasured: true, BurstFactor: > 1 } && rate > 0)
        {
            double seconds = Math.Max(2, demand.Step.TotalSeconds);
            if (demand.Step <= LongestSteadyStep)
            {
                double dispersion = DispersionFromBurstFactor(rate, demand.BurstFactor, seconds);
                assumptions.Add(FormattableString.Invariant($"The dispersion at one second is not known; {dispersion:0.##} follows from the measured burst factor of {demand.BurstFactor:0.##}, taken as bursts."));
                return ArrivalProcess.FromDispersion(rate, dispersion, null);
            }

            double sustained = SustainedRate(demand.RequestsPerSecond, rate, seconds);
            assumptions.Add(FormattableString.Invariant($"The history's step of {demand.Step} is too long to hold the rate steady; the busiest second's rate less its chance part, {sustained:0.#} requests/s, is taken as sustained, with Poisson arrivals."));
            return new ArrivalProcess { Rate = sustained, BurstDispersion = 1 };
        }

        assumptions.Add(FormattableString.Invariant($"How bursty the requests are within the step of {demand.Step} is not known; Poisson arrivals at the step's average rate are assumed. Supply access logs or the column peak_rps to measure it."));
        return new ArrivalProcess { Rate = rate, BurstDispersion = 1 };
    }

    /// <summary>
    /// The index of dispersion I whose busiest of n seconds is expected at b times the mean m. The expected maximum of n normal
    /// variables is Φ⁻¹((n − 0.375)/(n + 0.25)) (G. Blom 1958); with the skewness √(I/m) of a scaled Poisson count (Cornish and Fisher
    /// 1938) b − 1 = z·s + s²(z² − 1)/6 with s = √(I/m).
    /// </summary>
    internal static double DispersionFromBurstFactor(double meanPerSecond, double burstFactor, double seconds)
    {
        double z = ExpectedMaximum(seconds);
        double curvature = Math.Max(1e-9, ((z * z) - 1) / 6);
        double s = (-z + Math.Sqrt((z * z) + (4 * curvature * (burstFactor - 1)))) / (2 * curvature);
        return Math.Max(1, s * s * meanPerSecond);
    }

    /// <summary>The rate r whose busiest second, r + z√r for Poisson counts, is the one seen; at least the step's average.</summary>
    private static double SustainedRate(double busiestSecond, double average, double seconds)
    {
        double z = ExpectedMaximum(seconds);
        double root = (-z + Math.Sqrt((z * z) + (4 * busiestSecond))) / 2;
        return Math.Max(average, root * root);
    }

    private static double ExpectedMaximum(double seconds) => Normal.InvCDF(0, 1, (seconds - 0.375) / (seconds + 0.25));
}
