using MathNet.Numerics.Distributions;

namespace Makalu.Capacity.Sizing;

/// <summary>
/// A closed form of the probability that a request waits for a connection longer than a time, with bursty arrivals, a slowly
/// swinging rate and holds that are not exponential.
/// </summary>
/// <remarks>
/// Hayward's approximation (A. A. Fredericks, "Congestion in blocking systems: a simple approximation technique", Bell System
/// Technical Journal 59, 1980): a stream of peakedness z offered to c servers behaves as load a/z on c/z servers; here
/// z = 1 + (D − 1)/(1 + cs²). The tail decays at θ = 2(c/S − λ)/(D + cs²) (heavy traffic: J. F. C. Kingman 1962; W. Whitt,
/// "Approximations for the GI/G/m queue", Production and Operations Management 2, 1993). A member of a burst with j requests
/// before it finds c + c·t/S − j servers' worth of room; j is geometric with p = (D − 1)/(D + 1). A swinging rate is averaged
/// over 64 equally likely rates of a gamma distribution (Wilson and Hilferty 1931), each weighted by its own requests.
/// </remarks>
internal static class WaitTail
{
    private const int RateNodes = 64;
    private static readonly double[] NodeNormals = [.. Enumerable.Range(0, RateNodes).Select(q => Normal.InvCDF(0, 1, (q + 0.5) / RateNodes))];

    public static double Probability(ArrivalProcess arrivals, HoldTime hold, int connections, double waitSeconds)
    {
        if (arrivals.Rate <= 0)
            return 0;

        var table = new double[connections + 2];
        double variation = arrivals.RateVariation;
        if (variation < 1e-6)
            return AtRate(arrivals.Rate, arrivals.BurstDispersion, hold, connections, waitSeconds, table);

        double sum = 0;
        double weight = 0;
        double ninth = variation / 9;
        double root = Math.Sqrt(ninth);
        foreach (double normal in NodeNormals)
        {
            double factor = Math.Max(0, 1 - ninth + (normal * root));
            double rate = arrivals.Rate * factor * factor * factor;
            if (rate > 0)
            {
                sum += rate * AtRate(rate, arrivals.BurstDispersion, hold, connections, waitSeconds, table);
                weight += rate;
            }
        }

        return sum / weight;
    }

    private static double AtRate(double rate, double dispersion, HoldTime hold, int connections, double waitSeconds, double[] table)
    {
        double load = rate * hold.MeanSeconds;
        if (connections <= load)
            return 1;

        double variation = hold.SquaredVariation;
        double peakedness = 1 + ((dispersion - 1) / (1 + variation));
        double scaledLoad = load / peakedness;
        Span<double> inverseB = table.AsSpan(0, (int)(connections / peakedness) + 2);
        Erlang.FillInverseB(inverseB, scaledLoad);
        double decay = 2 * ((connections / hold.MeanSeconds) - rate) / (dispersion + variation);
        double allBusy = Erlang.ContinuousC(inverseB, connections / peakedness, scaledLoad);
        double p = (dispersion - 1) / (dispersion + 1);
        if (p < 1e-9)
            return allBusy * Math.Exp(-decay * waitSeconds);

        double served = connections * waitSeconds / hold.MeanSeconds;
        double secondsPerServer = hold.MeanSeconds / connections;
        double sum = 0;
        double mass = 1;
        for (int before = 0; mass > 1e-9; before++)
        {
            double room = connections + served - before;
            if (room <= load)
                return Math.Min(1, sum + mass);

            double tail = room >= connections
                ? allBusy * Math.Exp(-decay * Math.Max(0, waitSeconds - (before * secondsPerServer)))
                : Erlang.ContinuousC(inverseB, room / peakedness, scaledLoad);
            sum += mass * (1 - p) * tail;
            mass *= p;
        }

        return Math.Min(1, sum);
    }
}
