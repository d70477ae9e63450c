namespace Makalu.Capacity.Plotting;

/// <summary>Round distances for the numbers beside a chart.</summary>
internal static class Scale
{
    /// <summary>The distance of about <paramref name="ticks"/> ticks over a length: 1, 2 or 5 times a power of ten.</summary>
    public static double Tick(double length, int ticks)
    {
        if (!(length > 0))
        {
            return 1;
        }

        double power = Math.Pow(10, Math.Floor(Math.Log10(length / ticks)));
        double fraction = length / ticks / power;
        return power * (fraction <= 1 ? 1 : fraction <= 2 ? 2 : fraction <= 5 ? 5 : 10);
    }
}
