namespace Makalu.Capacity.Benchmarks;

/// <summary>Minutes of a service: a drift, day, half-day and five-hour shapes, a week, and white noise of standard deviation 1.</summary>
internal static class SsaBenchmarkSeries
{
    public static double Signal(int t, int count) => 100 + (10.0 * t / count) + (5 * Math.Sin(2 * Math.PI * t / 1440)) + (3 * Math.Sin((2 * Math.PI * t / 720) + 1))
        + (2 * Math.Sin(2 * Math.PI * t / 288)) + (2 * Math.Sin(2 * Math.PI * t / 10_080));

    public static double[] Of(int count)
    {
        var random = new Random(5);
        double[] series = new double[count];
        for (int t = 0; t < count; t++)
        {
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            series[t] = Signal(t, count) + normal;
        }

        return series;
    }
}
