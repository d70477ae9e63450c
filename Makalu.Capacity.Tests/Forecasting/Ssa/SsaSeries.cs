namespace Makalu.Capacity.Tests.Forecasting.Ssa;

internal static class SsaSeries
{
    public static double[] From(int count, Func<int, double> value)
    {
        var series = new double[count];
        for (int t = 0; t < count; t++)
        {
            series[t] = value(t);
        }

        return series;
    }
}
