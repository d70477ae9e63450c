using System.Diagnostics;
using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks.Accuracy;

/// <summary>Real traffic by rolling origin: error against repeating the last day or week, and what the 95 % quantiles cover.</summary>
internal static class RealTraffic
{
    public static void Run(string filter, int origins, bool onlyLogarithm)
    {
        Console.WriteLine("data step horizon | origins | MAE ÷ last day's, last week's | steps below p50 p95 p99 | busiest fifth below p95 | day peaks below p50 p90 p95 p99 | p95 peak ÷ peak | peak loss, % | horizon peaks below p95 | fit s");
        foreach ((string name, Func<TimeSeries> load, int[] minutes) in Sets())
        {
            if (filter.Length > 0 && !name.Contains(filter, StringComparison.Ordinal))
                continue;

            TimeSeries source = load();
            foreach (int step in minutes)
            {
                TimeSeries series = Aggregate(source, TimeSpan.FromMinutes(step));
                int[] days = step >= 1440 ? [14, 30, 60] : [1, 3, 7];
                foreach (int d in days)
                {
                    Evaluate($"{name} {step}m {d}d", series, TimeSpan.FromDays(d), origins, onlyLogarithm);
                }
            }
        }
    }

    private static void Evaluate(string label, TimeSeries series, TimeSpan span, int most, bool onlyLogarithm)
    {
        int horizon = (int)(span / series.Step);
        int first = Math.Max(series.Count * 2 / 5, Math.Min(series.Count / 2, (int)(TimeSpan.FromDays(8) / series.Step)));
        int room = series.Count - horizon - first;
        if (room < 0)
            return;

        int day = Math.Max(1, (int)(TimeSpan.FromDays(1) / series.Step));
        int cycle = series.Step >= TimeSpan.FromDays(1) ? 7 : day;

        // Origins at different times of day, evenly over the part that is judged.
        var score = new Tally();
        var watch = new Stopwatch();
        int used = 0;
        for (int k = 0; k < most; k++)
        {
            int origin = first + (int)((long)room * k / Math.Max(1, most - 1));
            TimeSeries past = series.Slice(0, origin);
            watch.Start();
            IForecastModel model = onlyLogarithm ? new PoolModel(past, PoolMembers.Standard with { StaysOnLogarithm = true }) : new PoolForecaster().Fit(past, CampaignCalendar.Empty);
            Forecast forecast = model.Predict(new PredictionOptions { Horizon = horizon, Paths = 500 });
            watch.Stop();
            score.Add(series, origin, forecast, day, cycle);
            used++;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{label} | {used} | {score} | {watch.Elapsed.TotalSeconds / used:0.00}"));
    }

    internal static IEnumerable<(string Name, Func<TimeSeries> Load, int[] Minutes)> Sets()
    {
        yield return ("nasa95", () => Counts("nasa95/requests-1m.csv.gz", 1), [5, 15, 60]);
        yield return ("elb", () => Counts("nab/elb_request_count.csv.gz", 5), [5, 60]);
        yield return ("amzn", () => Counts("nab/mentions_amzn.csv.gz", 5), [5, 60]);
        yield return ("rds", () => Counts("nab/rds_cpu_utilization.csv.gz", 5), [5]);
        yield return ("worldcup", () => Counts("worldcup98/requests-1m.csv.gz", 1).Before(new DateTimeOffset(1998, 6, 9, 0, 0, 0, TimeSpan.Zero)), [5, 60]);
        yield return ("pageviews", () => Counts("pageviews/requests-1d.csv.gz", 1440), [1440]);
    }

    private static TimeSeries Counts(string path, int minutes)
    {
        TimeSpan step = TimeSpan.FromMinutes(minutes);
        (DateTimeOffset Time, double Value)[] rows = [.. DataFiles.Rows(path).Select(r => (DateTimeOffset.Parse(r[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal), DataFiles.Number(r[1])))];
        DateTimeOffset start = rows[0].Time;
        var values = new double[(int)((rows[^1].Time - start) / step) + 1];
        Array.Fill(values, double.NaN);
        foreach ((DateTimeOffset time, double value) in rows)
        {
            int i = (int)Math.Round((time - start) / step);
            values[i] = double.IsNaN(values[i]) ? value : values[i] + value;
        }

        return new TimeSeries(start, step, values).Scale(1 / step.TotalSeconds);
    }

    internal static TimeSeries Aggregate(TimeSeries series, TimeSpan step)
    {
        int group = (int)(step / series.Step);
        return group <= 1 ? series : new TimeSeries(series.End - (step * (series.Count / group)), step, StepAggregation.Means(series.Values, group));
    }

    private sealed class Tally
    {
        private static readonly double[] Probabilities = [0.5, 0.9, 0.95, 0.99];
        private readonly int[] _steps = new int[4];
        private readonly int[] _peaks = new int[4];
        private double _error;
        private double _errorDay;
        private double _day;
        private double _errorWeek;
        private double _week;
        private int _stepCount;
        private int _peakCount;
        private double _peakRatio;
        private int _windows;
        private int _windowsCovered;
        private int _busy;
        private int _busyCovered;
        private double _peakLoss;

        public void Add(TimeSeries series, int origin, Forecast forecast, int day, int cycle)
        {
            double[][] quantiles = forecast.Quantiles(Probabilities);
            ReadOnlySpan<double> actual = series.Values.Slice(origin, forecast.Horizon);
            double busyFrom = SampleQuantile.Of(quantiles[0], 0.8);
            for (int h = 0; h < actual.Length; h++)
            {
                if (double.IsNaN(actual[h]))
                    continue;

                double error = Math.Abs(actual[h] - quantiles[0][h]);
                Naive(series, origin, h, cycle, actual[h], error, ref _errorDay, ref _day);
                Naive(series, origin, h, cycle == day ? 7 * cycle : 364, actual[h], error, ref _errorWeek, ref _week);
                _error += error;
                _stepCount++;
                _busy += quantiles[0][h] >= busyFrom ? 1 : 0;
                _busyCovered += quantiles[0][h] >= busyFrom && actual[h] <= quantiles[2][h] ? 1 : 0;
                for (int q = 0; q < 4; q++)
                {
                    _steps[q] += actual[h] <= quantiles[q][h] ? 1 : 0;
                }
            }

            int window = cycle == day ? day : forecast.Horizon;
            for (int from = 0; from + window <= actual.Length; from += window)
            {
                Peak(actual, forecast, from, window, whole: false);
            }

            Peak(actual, forecast, 0, actual.Length, whole: true);
        }

        private static void Naive(TimeSeries series, int origin, int h, int season, double actual, double error, ref double errors, ref double naive)
        {
            int back = origin + h - (season * ((h / season) + 1));
            if (back >= 0 && !double.IsNaN(series[back]))
            {
                errors += error;
                naive += Math.Abs(actual - series[back]);
            }
        }

        private void Peak(ReadOnlySpan<double> actual, Forecast forecast, int from, int count, bool whole)
        {
            double highest = double.NegativeInfinity;
            int known = 0;
            foreach (double value in actual.Slice(from, count))
            {
                highest = value > highest ? value : highest;
                known += double.IsNaN(value) ? 0 : 1;
            }

            if (2 * known < count)
                return;

            var maxima = new double[forecast.PathCount];
            for (int p = 0; p < maxima.Length; p++)
            {
                maxima[p] = System.Numerics.Tensors.TensorPrimitives.Max(forecast.Path(p).Slice(from, count));
            }

            if (whole)
            {
                _windows++;
                _windowsCovered += highest <= SampleQuantile.Of(maxima, 0.95) ? 1 : 0;
                return;
            }

            _peakCount++;
            for (int q = 0; q < 4; q++)
            {
                double quantile = SampleQuantile.Of(maxima, Probabilities[q]);
                _peaks[q] += highest <= quantile ? 1 : 0;
                double error = Math.Log(highest / quantile);
                _peakLoss += Math.Max(Probabilities[q] * error, (Probabilities[q] - 1) * error) / Probabilities.Length;
                _peakRatio -= q == 2 ? error : 0;
            }
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_errorDay / _day:0.00} {_errorWeek / _week:0.00} | {F(_steps, 0, _stepCount)} {F(_steps, 2, _stepCount)} {F(_steps, 3, _stepCount)} | {(double)_busyCovered / _busy:0.000} | {F(_peaks, 0, _peakCount)} {F(_peaks, 1, _peakCount)} {F(_peaks, 2, _peakCount)} {F(_peaks, 3, _peakCount)} | {Math.Exp(_peakRatio / _peakCount):0.00} | {100 * _peakLoss / _peakCount:0.00} | {(double)_windowsCovered / Math.Max(1, _windows):0.00}");

        private static string F(int[] counts, int q, int total) => ((double)counts[q] / Math.Max(1, total)).ToString("0.000", CultureInfo.InvariantCulture);
    }
}
