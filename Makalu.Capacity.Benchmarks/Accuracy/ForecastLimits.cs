using System.Globalization;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks.Accuracy;

/// <summary>
/// What no forecast a day ahead can know: the error of the median of the steps on either side of a step, beside repeating the last day and the last week; and how far the days' maxima differ from those of
/// the days before.
/// </summary>
internal static class ForecastLimits
{
    private const int DaysBefore = 7;
    private static readonly int[] _reaches = [2, 6, 12, 24];

    public static void Run(string filter)
    {
        Console.WriteLine("data, step | median of 2, 6, 12, 24 steps on either side: MAE ÷ last day's, last week's | day's maximum ÷ median of the seven days before: 95 % quantile ÷ geometric mean | highest days ÷ median day");
        foreach ((string name, Func<TimeSeries> load, int[] minutes) in RealTraffic.Sets().Where(s => s.Name.Contains(filter, StringComparison.Ordinal) && s.Minutes.Contains(5)))
        {
            TimeSeries series = RealTraffic.Aggregate(load(), TimeSpan.FromMinutes(5));
            int day = (int)(TimeSpan.FromDays(1) / series.Step);
            string beside = string.Join(" | ", _reaches.Select(reach => string.Create(CultureInfo.InvariantCulture, $"{Ratio(series, reach, day):0.00} {Ratio(series, reach, 7 * day):0.00}")));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} 5m | {beside} | {Peaks(series, day)}"));
        }
    }

    private static double Ratio(TimeSeries series, int reach, int season)
    {
        double error = 0, naive = 0;
        var beside = new double[2 * reach];
        for (int i = Math.Max(series.Count / 2, season); i < series.Count - reach; i++)
        {
            series.Values.Slice(i - reach, reach).CopyTo(beside);
            series.Values.Slice(i + 1, reach).CopyTo(beside.AsSpan(reach));
            double median = SampleQuantile.Median(beside);
            if (!double.IsNaN(series[i] + series[i - season] + median))
            {
                error += Math.Abs(series[i] - median);
                naive += Math.Abs(series[i] - series[i - season]);
            }
        }

        return error / naive;
    }

    private static string Peaks(TimeSeries series, int day)
    {
        double[] maxima = [.. Enumerable.Range(0, series.Count / day).Select(d => series.Values.Slice(series.Count - ((d + 1) * day), day).ToArray().Where(double.IsFinite).DefaultIfEmpty(double.NaN).Max()).Reverse()];
        double[] logarithms = [.. Enumerable.Range(DaysBefore, Math.Max(0, maxima.Length - DaysBefore)).Select(d => Math.Log(maxima[d] / SampleQuantile.Median(maxima.AsSpan(d - DaysBefore, DaysBefore)))).Where(double.IsFinite)];
        double[] known = [.. maxima.Where(double.IsFinite)];
        string highest = string.Join(" ", known.OrderDescending().Take(4).Select(m => (m / SampleQuantile.Median(known)).ToString("0.0", CultureInfo.InvariantCulture)));
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Exp(SampleQuantile.Of(logarithms, 0.95) - logarithms.Average()):0.0} | {highest}");
    }
}
