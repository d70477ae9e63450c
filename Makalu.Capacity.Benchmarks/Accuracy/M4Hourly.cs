using System.Diagnostics;
using System.Globalization;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks.Accuracy;

/// <summary>
/// The M4 competition's hourly series by its own measures: sMAPE, MASE, their mean relative to the competition's Naive2 (OWA),
/// and the 95 % interval's MSIS and coverage (Makridakis, Spiliotis and Assimakopoulos, International Journal of Forecasting 36, 2020).
/// </summary>
internal static class M4Hourly
{
    private const int Horizon = 48;
    private const int Season = 24;

    // The competition's figures for Naive2 over all hourly series.
    private const double Naive2Smape = 18.383;
    private const double Naive2Mase = 2.395;

    public static void Run(int most, bool members, bool alone, bool onlyLogarithm)
    {
        var train = Load("m4-hourly/train.csv.gz").Take(most).ToDictionary();
        Dictionary<string, double[]> test = Load("m4-hourly/test.csv.gz");
        var start = new DateTimeOffset(2015, 1, 1, 0, 0, 0, TimeSpan.Zero);
        BoostingFleet? fleet = alone || train.Count < BoostingFleet.FewestForPool ? null : new(train.Values.Select(values => new TimeSeries(start, TimeSpan.FromHours(1), values)));
        var pool = new Score();
        var mean = new Score();
        var byMember = new SortedDictionary<string, Score>(StringComparer.Ordinal);
        var watch = Stopwatch.StartNew();
        foreach ((string name, double[] values) in train)
        {
            double[] actual = test[name];
            var series = new TimeSeries(start, TimeSpan.FromHours(1), values);
            var model = new PoolModel(series, PoolMembers.Standard with { Fleet = fleet, StaysOnLogarithm = onlyLogarithm });
            Forecast forecast = model.Predict(new PredictionOptions { Horizon = Horizon });
            double[][] quantiles = forecast.Quantiles([0.025, 0.5, 0.975]);
            pool.Add(values, actual, quantiles[1], quantiles[0], quantiles[2]);
            pool.AddPeak(actual, forecast);
            double[] average = forecast.Mean();
            mean.Add(values, actual, average, quantiles[0], quantiles[2]);
            if (members)
            {
                PoolFit fit = model.FitFor(Horizon, CancellationToken.None);
                double[][] forecasts = CandidateForecasts.At(values, values.Length, Horizon, fit.Candidates, fit.Seasons, fit.Transform, fit.Outliers);
                for (int m = 0; m < forecasts.Length; m++)
                {
                    string member = fit.Candidates[m].Name;
                    if (!byMember.TryGetValue(member, out Score? score))
                    {
                        byMember[member] = score = new Score();
                    }

                    score.Add(values, actual, forecasts[m], forecasts[m], forecasts[m]);
                }
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{train.Count} series in {watch.Elapsed.TotalSeconds:0.0} s"));
        Console.WriteLine($"pool: {pool}");
        Console.WriteLine($"mean of its paths: {mean}");
        foreach ((string member, Score score) in byMember)
        {
            Console.WriteLine($"{member}: {score}");
        }
    }

    internal static Dictionary<string, double[]> Load(string path)
        => DataFiles.Rows(path).GroupBy(r => r[0], r => DataFiles.Number(r[2])).ToDictionary(g => g.Key, g => g.ToArray());

    internal sealed class Score
    {
        private int _series;
        private double _smape;
        private double _mase;
        private double _msis;
        private double _coverage;
        private double _upper;
        private int _peaks;
        private int _peaksCovered;
        private double _peakRatio;

        public double Smape => _smape / _series;

        public double Mase => _mase / _series;

        /// <summary>The mean of sMAPE and MASE, each relative to the competition's Naive2.</summary>
        public double Owa => 0.5 * ((Smape / Naive2Smape) + (Mase / Naive2Mase));

        public double Msis => _msis / _series;

        public double Coverage => _coverage / _series;

        public double PeakCoverage => (double)_peaksCovered / _peaks;

        public void Add(double[] history, double[] actual, double[] point, double[] lower, double[] upper)
        {
            double scale = 0;
            for (int i = Season; i < history.Length; i++)
            {
                scale += Math.Abs(history[i] - history[i - Season]) / (history.Length - Season);
            }

            int n = actual.Length;
            for (int h = 0; h < n; h++)
            {
                _smape += 200 * Math.Abs(actual[h] - point[h]) / (Math.Abs(actual[h]) + Math.Abs(point[h])) / n;
                _mase += Math.Abs(actual[h] - point[h]) / scale / n;
                double width = upper[h] - lower[h] + (40 * Math.Max(0, lower[h] - actual[h])) + (40 * Math.Max(0, actual[h] - upper[h]));
                _msis += width / scale / n;
                _coverage += actual[h] >= lower[h] && actual[h] <= upper[h] ? 1.0 / n : 0;
                _upper += actual[h] <= upper[h] ? 1.0 / n : 0;
            }

            _series++;
        }

        public void AddPeak(double[] actual, Forecast forecast)
        {
            var maxima = new double[forecast.PathCount];
            for (int p = 0; p < maxima.Length; p++)
            {
                maxima[p] = System.Numerics.Tensors.TensorPrimitives.Max(forecast.Path(p));
            }

            _peaks++;
            double stated = Numerics.SampleQuantile.Of(maxima, 0.95);
            _peaksCovered += actual.Max() <= stated ? 1 : 0;
            _peakRatio += Math.Log(stated / actual.Max());
        }

        public override string ToString()
        {
            return string.Create(CultureInfo.InvariantCulture, $"OWA {Owa:0.0000}  sMAPE {Smape:0.000}  MASE {Mase:0.0000}  MSIS {Msis:0.000}  coverage {Coverage:0.0000}  below 97.5 % {_upper / _series:0.0000}  peak below 95 % {(double)_peaksCovered / Math.Max(1, _peaks):0.000}  95 % peak ÷ peak {Math.Exp(_peakRatio / Math.Max(1, _peaks)):0.00}");
        }
    }
}
