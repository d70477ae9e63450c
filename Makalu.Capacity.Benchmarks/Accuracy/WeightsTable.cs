using System.Globalization;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks.Accuracy;

/// <summary>The pool with its members weighed in several ways, everything else the same, on the logarithm: M4's odd half at several ends, and hourly means of real traffic at some origins.</summary>
internal static class WeightsTable
{
    private const int Horizon = 48;
    private const int Day = 24;
    private const int HoursBetweenEnds = 42;

    public static void Run(int ends, int series, int origins)
    {
        Console.WriteLine("the error of a member | M4: OWA | MSIS | pinball loss | nasa95, elb and amzn: MAE ÷ last day's | worldcup");
        IReadOnlyList<string> names = WeighedPool.Rules;
        var m4 = Competition(ends, series);
        double[][] real = [.. RealTraffic.Sets().Where(s => s.Minutes.Contains(60)).Select(s => Real(RealTraffic.Aggregate(s.Load(), TimeSpan.FromHours(1)), origins)).Where(r => r.Length > 0)];
        for (int rule = 0; rule < names.Count; rule++)
        {
            string steady = (real[..^1].Sum(r => r[rule]) / Math.Max(1, real.Length - 1)).ToString("0.000", CultureInfo.InvariantCulture);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{names[rule]} | {m4[rule].Score.Owa:0.0000} | {m4[rule].Score.Msis:0.00} | {m4[rule].Loss:0.0000} | {steady} | {real[^1][rule]:0.000}"));
        }
    }

    private static (M4Hourly.Score Score, double Loss)[] Competition(int ends, int most)
    {
        Dictionary<string, double[]> train = M4Hourly.Load("m4-hourly/train.csv.gz");
        Dictionary<string, double[]> test = M4Hourly.Load("m4-hourly/test.csv.gz");
        (string Name, int End)[] cases = [.. train.Keys.Take(most).SelectMany(name => Enumerable.Range(0, ends).Select(end => (name, end)))];
        var results = new (double[] History, double[] Actual, double[][][] Quantiles)[cases.Length];
        Parallel.For(0, cases.Length, i =>
        {
            double[] all = [.. train[cases[i].Name], .. test[cases[i].Name]];
            int origin = all.Length - Horizon - (HoursBetweenEnds * cases[i].End);
            results[i] = (all[..origin], all[origin..(origin + Horizon)], new WeighedPool(Hourly(all[..origin]), Horizon).Quantiles);
        });
        return [.. WeighedPool.Rules.Select((_, rule) =>
        {
            var score = new M4Hourly.Score();
            double loss = 0;
            foreach ((double[] history, double[] actual, double[][][] quantiles) in results)
            {
                double[][] q = quantiles[rule];
                score.Add(history, actual, q[0], q[4], q[5]);
                double scale = Enumerable.Range(Day, history.Length - Day).Average(t => Math.Abs(history[t] - history[t - Day]));
                loss += Enumerable.Range(0, 4).Average(k => actual.Select((a, h) => Pinball(WeighedPool.Probabilities[k], a - q[k][h])).Average()) / scale / results.Length;
            }

            return (score, loss);
        })];
    }

    /// <summary>The ratio of absolute errors by rule, the mean of 1, 3 and 7 days ahead; empty where the history is too short.</summary>
    private static double[] Real(TimeSeries series, int origins)
    {
        var ratios = new List<double[]>();
        foreach (int days in (ReadOnlySpan<int>)[1, 3, 7])
        {
            int horizon = Day * days;
            int first = Math.Max(series.Count * 2 / 5, Math.Min(series.Count / 2, 8 * Day));
            int room = series.Count - horizon - first;
            if (room < 0)
                continue;

            var errors = new double[WeighedPool.Rules.Count];
            double naive = 0;
            for (int k = 0; k < origins; k++)
            {
                int origin = first + (int)((long)room * k / Math.Max(1, origins - 1));
                double[][][] quantiles = new WeighedPool(series.Slice(0, origin), horizon).Quantiles;
                for (int h = 0; h < horizon; h++)
                {
                    double actual = series[origin + h];
                    double before = series[origin + (h % Day) - Day];
                    if (double.IsNaN(actual + before))
                        continue;

                    naive += Math.Abs(actual - before);
                    for (int rule = 0; rule < errors.Length; rule++)
                        errors[rule] += Math.Abs(actual - quantiles[rule][0][h]);
                }
            }

            ratios.Add([.. errors.Select(e => e / naive)]);
        }

        return ratios.Count == 0 ? [] : [.. WeighedPool.Rules.Select((_, rule) => ratios.Average(r => r[rule]))];
    }

    private static TimeSeries Hourly(double[] values) => new(new DateTimeOffset(2015, 1, 1, 0, 0, 0, TimeSpan.Zero), TimeSpan.FromHours(1), values);

    private static double Pinball(double probability, double error) => Math.Max(probability * error, (probability - 1) * error);
}
