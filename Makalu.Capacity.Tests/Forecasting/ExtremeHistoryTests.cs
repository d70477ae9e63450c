using CsCheck;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting;

/// <summary>What must hold whatever the history is.</summary>
[TestClass]
public sealed class ExtremeHistoryTests
{
    private static readonly DateTimeOffset Start = new(2024, 3, 1, 5, 0, 0, TimeSpan.Zero);
    private static readonly double[] Probabilities = [0.001, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999];

    private static readonly Gen<TimeSeries> Histories = Gen.Select(
        Pick(5, 15, 60, 1440),
        Gen.OneOf(Gen.Int[1, 12], Gen.Int[13, 120], Gen.Int[121, 700]),
        Pick("constant", "zeros", "counts", "bursts", "daily", "growth", "noise"),
        Pick(1e-3, 1.0, 3, 1e6, 1e12),
        Pick(0, 0, 0.1, 0.7),
        Gen.Int[0, 1000],
        (minutes, count, kind, scale, gaps, seed) => History(minutes, count, kind, scale, gaps, seed));

    [TestMethod]
    [DataRow("auto", 1)]
    [DataRow("pool", 1)]
    [DataRow("seasonal-naive", 1)]
    [DataRow("ssa", 24)]
    [DataRow("campaigns", 4)]
    [DataRow("campaigns+pool", 4)]
    public void Predict_OfAnything_IsFiniteAndNotNegative_AndItsQuantilesDoNotCross(string model, int fewest)
    {
        Gen.Select(Histories, Gen.Int[1, 60]).Sample(
            (history, horizon) =>
            {
                try
                {
                    AssertOrderly(history, ForecasterCatalog.Create(model, new AutoForecasterOptions()).Fit(history, CampaignCalendar.Empty)
                        .Predict(new PredictionOptions { Horizon = horizon, Paths = 100 }));
                }
                catch (ForecastException) when (history.Count - history.MissingCount < fewest)
                {
                    // Refused with words.
                }
            },
            iter: 40,
            threads: 1,
            print: t => $"{t.Item1.Step} x {t.Item1.Count}, horizon {t.Item2}: {string.Join(' ', t.Item1.Values.ToArray())}");
    }

    [TestMethod]
    [DataRow("auto", 5, 0.0)]
    [DataRow("auto", 60, 0.0)]
    [DataRow("auto", 60, 42.7)]
    [DataRow("auto", 5, 0.1)]
    [DataRow("auto", 1440, 1e12)]
    [DataRow("seasonal-naive", 60, 0.0)]
    [DataRow("seasonal-naive", 60, 42.7)]
    [DataRow("ssa", 60, 0.0)]
    [DataRow("multivariate-ssa", 60, 42.7)]
    [DataRow("campaigns", 60, 0.0)]
    [DataRow("campaigns+pool", 60, 0.0)]
    [DataRow("campaigns+pool", 60, 42.7)]
    public void Predict_OfAConstant_IsThatConstantExactly(string model, int minutes, double constant)
    {
        var values = new double[28 * 1440 / Math.Min(minutes, 360)];
        Array.Fill(values, constant);
        values.AsSpan(30, 5).Fill(double.NaN);

        Forecast forecast = ForecasterCatalog.Create(model, new AutoForecasterOptions()).Fit(new TimeSeries(Start, TimeSpan.FromMinutes(minutes), values), CampaignCalendar.Empty)
            .Predict(new PredictionOptions { Horizon = 50, Paths = 100 });

        for (int p = 0; p < forecast.PathCount; p++)
        {
            foreach (double value in forecast.Path(p))
                Assert.AreEqual(constant, value);
        }
    }

    [TestMethod]
    public void Predict_OfAFewEqualValues_StaysWide()
    {
        Forecast forecast = ForecasterCatalog.Create("auto", new AutoForecasterOptions()).Fit(new TimeSeries(Start, TimeSpan.FromHours(1), [42, 42, 42, 42, 42, 42]), CampaignCalendar.Empty)
            .Predict(new PredictionOptions { Horizon = 5, Paths = 400 });

        Assert.IsGreaterThan(1.2 * 42, forecast.Quantile(0.95)[0]);
        Assert.IsLessThan(42 / 1.2, forecast.Quantile(0.05)[0]);
    }

    // Its errors at the origins of so short a history grow by powers of ten.
    [TestMethod]
    public void Predict_BySsa_OfASmoothDay_StaysWithinAHundredTimesWhatWasSeen()
    {
        double[] values = [.. Enumerable.Range(0, 182).Select(i => 3 * (1 + (0.8 * Math.Sin(i / 4.0 * Math.Tau / 24))))];

        Forecast forecast = ForecasterCatalog.Create("ssa", new AutoForecasterOptions()).Fit(new TimeSeries(Start, TimeSpan.FromMinutes(15), values), CampaignCalendar.Empty)
            .Predict(new PredictionOptions { Horizon = 16, Paths = 400 });

        double highest = Enumerable.Range(0, forecast.PathCount).Max(p => System.Numerics.Tensors.TensorPrimitives.Max(forecast.Path(p)));
        Assert.IsInRange(5, 100 * 5.4 * (1 + 1e-9), highest);
    }

    // Components of its first two thirds leave nothing to forecast by.
    [TestMethod]
    public void Predict_BySsa_OfTwoSpikesAmongZeros_IsFiniteAndNotNegative()
    {
        var values = new double[99];
        values[3] = values[43] = 1;
        var history = new TimeSeries(Start, TimeSpan.FromMinutes(15), values);

        Forecast forecast = ForecasterCatalog.Create("ssa", new AutoForecasterOptions()).Fit(history, CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = 47, Paths = 100 });

        AssertOrderly(history, forecast);
    }

    // Its gaps are filled far above what was seen.
    [TestMethod]
    public void Predict_BySsa_OfWildNoiseWithGaps_StaysWithinAHundredTimesWhatWasSeen()
    {
        double[] values =
        [
            415477, 10687, double.NaN, 22136990, double.NaN, 7851066, 100072, 686945, 5089238, 259730, 278792, 661848, 8042859, 588905, 2044573, 6713438, 1649377,
            2583507, 721882, 4653535, 820898, 12046608, 2056832, 323612, 1899796, 2864731, 4907610, 205962, 3179330, 24753984, 264971, double.NaN, double.NaN, 4735737,
        ];

        Forecast forecast = ForecasterCatalog.Create("ssa", new AutoForecasterOptions()).Fit(new TimeSeries(Start, TimeSpan.FromHours(1), values), CampaignCalendar.Empty)
            .Predict(new PredictionOptions { Horizon = 55, Paths = 100 });

        double highest = Enumerable.Range(0, forecast.PathCount).Max(p => System.Numerics.Tensors.TensorPrimitives.Max(forecast.Path(p)));
        Assert.IsLessThanOrEqualTo(100 * 24753984.0 * (1 + 1e-9), highest);
    }

    [TestMethod]
    public void Predict_OfZerosWithThreeEnormousSpikes_StaysNearWhatWasSeen()
    {
        // The maxima of a hundred paths end in a cliff: from thousands to a thousand millions.
        var values = new double[167];
        values[6] = values[113] = values[137] = 1e9;

        Forecast forecast = new PoolForecaster().Fit(new TimeSeries(Start, TimeSpan.FromHours(1), values), CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = 55, Paths = 100 });

        double highest = Enumerable.Range(0, forecast.PathCount).Max(p => System.Numerics.Tensors.TensorPrimitives.Max(forecast.Path(p)));
        Assert.IsLessThanOrEqualTo(2e10, highest);
    }

    private static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static void AssertOrderly(TimeSeries history, Forecast forecast)
    {
        double most = (1000 * history.Values.ToArray().Where(v => !double.IsNaN(v)).Max()) + 10;
        for (int p = 0; p < forecast.PathCount; p++)
        {
            foreach (double value in forecast.Path(p))
            {
                if (!(value >= 0 && value <= most))
                    Assert.Fail($"path {p} has {value}");
            }
        }

        double[][] quantiles = forecast.Quantiles(Probabilities);
        for (int h = 0; h < forecast.Horizon; h++)
        {
            for (int q = 1; q < Probabilities.Length; q++)
            {
                if (!(quantiles[q][h] >= quantiles[q - 1][h]))
                    Assert.Fail($"step {h}: quantile {Probabilities[q]} is {quantiles[q][h]}, below that of {Probabilities[q - 1]}, {quantiles[q - 1][h]}");
            }
        }

        foreach (PeakForecast peak in PeakFinder.Find(forecast, CampaignCalendar.Empty))
        {
            double before = 0;
            foreach (double probability in Probabilities)
            {
                double value = peak.Quantile(probability);
                Assert.IsGreaterThanOrEqualTo(before, value);
                before = value;
            }
        }
    }

    private static TimeSeries History(int minutes, int count, string kind, double scale, double gaps, int seed)
    {
        var random = new RandomStream(seed, count);
        var values = new double[count];
        for (int i = 0; i < count; i++)
        {
            double hour = i * minutes / 60.0;
            double daily = 1 + (0.8 * Math.Sin(hour * Math.Tau / 24));
            values[i] = scale * kind switch
            {
                "constant" => 1,
                "zeros" => 0,
                "counts" => Math.Floor(3 * daily * random.NextDouble()),
                "bursts" => random.NextDouble() < 0.02 ? 1000 : 0,
                "daily" => daily,
                "growth" => Math.Exp(5.0 * i / count) * daily,
                _ => Math.Exp(2 * random.NextNormal()),
            };
        }

        for (int i = 1; i < count; i++)
        {
            if (random.NextDouble() < gaps)
                values[i] = double.NaN;
        }

        return new TimeSeries(Start, TimeSpan.FromMinutes(minutes), values);
    }
}
