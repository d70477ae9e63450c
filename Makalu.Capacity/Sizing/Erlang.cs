namespace Makalu.Capacity.Sizing;

/// <summary>
/// Erlang's loss and delay formulas for a group of servers (A. K. Erlang 1917; R. B. Cooper, "Introduction to Queueing Theory",
/// 2nd ed. 1981, sections 3.3 and 3.4): here the servers are connections of a pool, and the load is in erlangs.
/// </summary>
public static class Erlang
{
    /// <summary>
    /// Erlang B: the probability that an arrival finds all servers busy and is lost, by the inverse recursion
    /// 1/B(k) = 1 + (k/a)·1/B(k−1), which is stable for thousands of servers.
    /// </summary>
    /// <param name="servers">The servers, 0 or more.</param>
    /// <param name="offeredLoad">The offered load in erlangs, 0 or more.</param>
    /// <returns>A probability.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is negative or not finite.</exception>
    public static double B(int servers, double offeredLoad)
    {
        ThrowIfInvalid(servers, offeredLoad);
        double inverse = 1;
        for (int k = 1; k <= servers; k++)
        {
            inverse = 1 + (inverse * k / offeredLoad);
        }

        return 1 / inverse;
    }

    /// <summary>Erlang C: the probability that an arrival has to wait, C = B / (1 − ρ(1 − B)) with ρ = load ÷ servers; 1 where the load reaches the servers.</summary>
    /// <param name="servers">The servers, 0 or more.</param>
    /// <param name="offeredLoad">The offered load in erlangs, 0 or more.</param>
    /// <returns>A probability.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is negative or not finite.</exception>
    public static double C(int servers, double offeredLoad)
    {
        ThrowIfInvalid(servers, offeredLoad);
        if (offeredLoad >= servers)
            return 1;

        double blocking = B(servers, offeredLoad);
        return blocking / (1 - (offeredLoad / servers * (1 - blocking)));
    }

    /// <summary>The probability that an arrival waits longer than a time: C·e^(−(c − a)·t/S), arrivals Poisson and service exponential.</summary>
    /// <param name="servers">The servers, 0 or more.</param>
    /// <param name="offeredLoad">The offered load in erlangs, 0 or more.</param>
    /// <param name="wait">The time to wait, zero or more.</param>
    /// <param name="serviceTime">The mean service time, greater than zero.</param>
    /// <returns>A probability.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double WaitProbability(int servers, double offeredLoad, TimeSpan wait, TimeSpan serviceTime)
    {
        ThrowIfInvalid(servers, offeredLoad);
        ArgumentOutOfRangeException.ThrowIfLessThan(wait, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(serviceTime, TimeSpan.Zero);
        return offeredLoad >= servers ? 1 : C(servers, offeredLoad) * Math.Exp(-(servers - offeredLoad) * (wait / serviceTime));
    }

    /// <summary>Fills 1/B(k) for k = 0 … length − 1 servers; infinite where B is below the smallest double.</summary>
    internal static void FillInverseB(Span<double> inverse, double offeredLoad)
    {
        double current = 1;
        inverse[0] = current;
        double inverseLoad = 1 / offeredLoad;
        for (int k = 1; k < inverse.Length; k++)
        {
            current = 1 + (current * k * inverseLoad);
            inverse[k] = current;
        }
    }

    /// <summary>Erlang C for a number of servers that is not whole, by linear interpolation of ln B between the whole numbers.</summary>
    /// <param name="inverseB">As <see cref="FillInverseB"/> made it for the load, for more than <paramref name="servers"/> servers.</param>
    /// <param name="servers">The servers.</param>
    /// <param name="offeredLoad">The load.</param>
    internal static double ContinuousC(ReadOnlySpan<double> inverseB, double servers, double offeredLoad)
    {
        if (servers <= offeredLoad)
            return 1;

        int below = (int)servers;
        double fraction = servers - below;
        double blocking = 1 / inverseB[below];
        if (fraction > 0 && blocking > 0)
        {
            blocking *= Math.Pow(inverseB[below] / inverseB[below + 1], fraction);
        }

        return blocking / (1 - (offeredLoad / servers * (1 - blocking)));
    }

    private static void ThrowIfInvalid(int servers, double offeredLoad)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(servers);
        if (!(offeredLoad >= 0 && double.IsFinite(offeredLoad)))
        {
            throw new ArgumentOutOfRangeException(nameof(offeredLoad), offeredLoad, FormattableString.Invariant($"Offered load {offeredLoad} must be a number of erlangs, 0 or more."));
        }
    }
}
