namespace Makalu.Capacity.Series;

/// <summary>
/// Tells whether steps without a request are quiet or unknown. A log that was rotated away, a shipper that stopped and a server that
/// was down all look like silence.
/// </summary>
internal static class SilentSteps
{
    // Silence less likely than this, were the rate around it still the rate, is taken for a gap.
    private const double LeastProbability = 1e-6;
    private const int StepsAround = 10;

    /// <summary>The number of requests that are expected where none is seen, from which on silence is implausible: P(0) = e^−λ.</summary>
    public static double LargestPlausible { get; } = -Math.Log(LeastProbability);

    /// <summary>
    /// Turns runs of zeros into NaN where they are implausible: the lower of the mean rates of the ten steps before and after the run,
    /// held throughout it, would leave it empty with a probability (Poisson) below 10⁻⁶, and the same stretch was not silent a day or a
    /// week before or after, as it would be where every night is.
    /// </summary>
    /// <param name="requests">Counts, of which the first and the last are not zero.</param>
    /// <param name="step">The length of a step.</param>
    public static void MarkUnknown(Span<double> requests, TimeSpan step)
    {
        double[] counted = requests.ToArray();
        for (int i = 1; i < counted.Length; i++)
        {
            if (counted[i] != 0)
            {
                continue;
            }

            int end = i;
            while (counted[end] == 0)
            {
                end++;
            }

            int length = end - i;
            double rate = Math.Min(Mean(counted, i - StepsAround, i), Mean(counted, end, end + StepsAround));
            if (rate * length > LargestPlausible && !IsHabitual(counted, i, length, step, rate))
            {
                requests[i..end].Fill(double.NaN);
            }

            i = end;
        }
    }

    private static bool IsHabitual(double[] counted, int start, int length, TimeSpan step, double rate)
    {
        ReadOnlySpan<int> days = [-7, -1, 1, 7];
        foreach (int day in days)
        {
            long shift = (TimeSpan.FromDays(1) * day).Ticks / step.Ticks;
            long from = start + shift;
            if (Math.Abs(shift) >= length && from >= 0 && from + length <= counted.Length
                && Mean(counted, (int)from, (int)from + length) * length < Math.Max(1, 0.01 * rate * length))
            {
                return true;
            }
        }

        return false;
    }

    private static double Mean(double[] values, int from, int to)
    {
        from = Math.Max(from, 0);
        to = Math.Min(to, values.Length);
        double sum = 0;
        for (int i = from; i < to; i++)
        {
            sum += values[i];
        }

        return sum / (to - from);
    }
}
