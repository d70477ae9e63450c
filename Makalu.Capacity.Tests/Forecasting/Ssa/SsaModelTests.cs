using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Forecasting.Ssa;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Tests.Forecasting.Ssa;

[TestClass]
public sealed class SsaModelTests
{
    [TestMethod]
    [DataRow(SsaForecastMethod.Recurrent)]
    [DataRow(SsaForecastMethod.Vector)]
    public void Forecast_OfNoiseFreeSeriesOfFiniteRank_IsExact(SsaForecastMethod method)
    {
        (string Name, int Rank, int Window, int Count, Func<int, double> Value)[] cases =
        [
            ("sine", 3, 48, 300, t => 5 + Math.Sin(2 * Math.PI * t / 24)),
            ("sine of no whole period", 3, 100, 300, t => 5 + Math.Sin(2 * Math.PI * t / 23.7)),
            ("two sines and a line", 6, 96, 600, t => 100 + (0.05 * t) + (10 * Math.Sin(2 * Math.PI * t / 24)) + (3 * Math.Cos(2 * Math.PI * t / 7.3))),
            ("growth", 2, 60, 300, t => Math.Exp(0.01 * t)),
            ("damped oscillation", 3, 80, 400, t => Math.Exp(-0.004 * t) * Math.Cos(0.3 * t)),
            ("square of time", 3, 90, 400, t => 1 + (0.001 * t * t)),
            ("long window by transforms", 5, 500, 2000, t => 10 + Math.Sin(2 * Math.PI * t / 288) + (0.5 * Math.Sin(2 * Math.PI * t / 144))),
        ];
        foreach ((string name, int rank, int window, int count, Func<int, double> value) in cases)
        {
            double[] series = SsaSeries.From(count, value);
            SsaModel model = SsaModel.Fit(series, new SsaOptions { WindowLength = window, Rank = rank, Method = method });
            double[] forecast = model.Forecast(50);
            for (int h = 0; h < forecast.Length; h++)
            {
                double expected = value(count + h);
                Assert.AreEqual(expected, forecast[h], 1e-8 * Math.Max(1, Math.Abs(expected)), $"{name}, step {h}: {model.Stability.Reason}");
            }
        }
    }

    [TestMethod]
    public void Forecast_OfAUnitSineOnALargeOffset_ErrsByLessThanAMillionth()
    {
        foreach ((bool subtractMean, int window) in new[] { (true, 48), (false, 48), (true, 336), (false, 336) })
        {
            double[] series = SsaSeries.From(2000, t => 1e5 + Math.Sin(2 * Math.PI * t / 24));
            double[] forecast = SsaModel.Fit(series, new SsaOptions { WindowLength = window, Rank = 3, SubtractMean = subtractMean }).Forecast(100);
            SsaAssert.Close(SsaSeries.From(100, h => 1e5 + Math.Sin(2 * Math.PI * (2000 + h) / 24)), forecast, 1e-6);
        }
    }

    [TestMethod]
    public void Fit_ChoosesARankThatContinuesANoiseFreeSeries()
    {
        double[] series = SsaSeries.From(500, t => 20 + (0.02 * t) + Math.Sin(2 * Math.PI * t / 24));
        SsaModel model = SsaModel.Fit(series);
        SsaAssert.Close(SsaSeries.From(48, h => 20 + (0.02 * (500 + h)) + Math.Sin(2 * Math.PI * (500 + h) / 24)), model.Forecast(48), 1e-6);
    }

    [TestMethod]
    [DataRow(SsaForecastMethod.Recurrent, true)]
    [DataRow(SsaForecastMethod.Vector, true)]
    [DataRow(SsaForecastMethod.Ridge, true)]
    [DataRow(SsaForecastMethod.Recurrent, false)]
    public void Forecast_IsEquivariantToShiftAndScale(SsaForecastMethod method, bool shift)
    {
        double[] series = Noisy(600, 2);
        var options = new SsaOptions { WindowLength = 96, Rank = 7, Method = method, SubtractMean = shift };
        double offset = shift ? 1234 : 0;
        double[] expected = Array.ConvertAll(SsaModel.Fit(series, options).Forecast(48), v => (-3.5 * v) + offset);
        SsaAssert.Close(expected, SsaModel.Fit(Array.ConvertAll(series, v => (-3.5 * v) + offset), options).Forecast(48), 1e-10);
    }

    [TestMethod]
    public void Reconstruction_OfTheReversedSeries_IsTheReversedReconstruction()
    {
        foreach (int window in new[] { 40, 100, 250 })
        {
            double[] series = Noisy(500, 4);
            double[] forward = SsaDecomposition.Decompose(series, window, 6).ReconstructLeading(6);
            Array.Reverse(series);
            double[] backward = SsaDecomposition.Decompose(series, window, 6).ReconstructLeading(6);
            Array.Reverse(backward);
            SsaAssert.Close(forward, backward, 1e-11);
        }
    }

    [TestMethod]
    public void Append_MovesTheForecastAsIfTheComponentsHadSeenTheNewValues()
    {
        double[] series = Noisy(700, 6);
        foreach (SsaForecastMethod method in new[] { SsaForecastMethod.Recurrent, SsaForecastMethod.Vector })
        {
            SsaModel model = SsaModel.Fit(series.AsSpan(0, 500), new SsaOptions { WindowLength = 96, Rank = 5, Method = method });
            SsaTracker tracker = model.Track();
            SsaAssert.Close(model.Forecast(30), tracker.Forecast(30), 1e-9);
            foreach (double value in series.AsSpan(500))
            {
                tracker.Append(value);
            }

            // The same components on the longer series, from scratch.
            double mean = model.Decomposition.Mean;
            double[] centred = Array.ConvertAll(series, v => v - mean);
            var longer = new SsaDecomposition(centred, mean, true, model.Decomposition.Subspace);
            SsaAssert.Close(SsaModel.Of(longer, 5, method).Forecast(30), tracker.Forecast(30), 1e-9);
        }
    }

    [TestMethod]
    public void Ridge_ForecastsWhatRidgeSsaDoes_AndGoesOnFromThere()
    {
        double[] series = Noisy(600, 3);
        SsaModel model = SsaModel.Fit(series, new SsaOptions { WindowLength = 72, Rank = 5, Method = SsaForecastMethod.Ridge, Ridge = 0.05, Horizon = 24 });
        var options = new RidgeSsaOptions { WindowLength = 72, Horizon = 24, Ridge = 0.05, Intercept = true };
        double[] forecast = model.Forecast(200);
        SsaAssert.Close(RidgeSsa.Forecast(series, options), forecast.AsSpan(0, 24), 1e-9);
        Assert.AreEqual(0.05, model.Ridge);

        // A tracker that is told its own forecast goes on with the next block of it.
        SsaTracker tracker = model.Track();
        for (int h = 0; h < 96; h++)
        {
            if (h % 24 == 0)
            {
                SsaAssert.Close(forecast.AsSpan(h, 200 - h), tracker.Forecast(200 - h), 1e-9);
            }

            tracker.Append(forecast[h]);
        }

        double[] bumped = [.. series];
        bumped[^1] += 1;
        var refitted = model.Track();
        double[] response = model.ImpulseResponse(60);
        double[] moved = new double[60];
        model.RidgeMap!.Continue(Array.ConvertAll(bumped[^72..], v => v - model.Decomposition.Mean), double.MinValue, double.MaxValue, moved);
        SsaAssert.Close([.. refitted.Forecast(60).Zip(response, (f, r) => f + r - model.Decomposition.Mean)], moved, 1e-9);
    }

    [TestMethod]
    [DataRow(SsaForecastMethod.Recurrent)]
    [DataRow(SsaForecastMethod.Vector)]
    [DataRow(SsaForecastMethod.Ridge)]
    public void Append_InWhateverRhythmForecastsAreAsked_GivesTheSameBits(SsaForecastMethod method)
    {
        double[] series = Noisy(900, 8);
        SsaModel model = SsaModel.Fit(series.AsSpan(0, 110), new SsaOptions { WindowLength = 60, Rank = 5, Method = method });
        SsaTracker each = model.Track(), seldom = model.Track();
        for (int t = 110; t < series.Length; t++)
        {
            each.Append(series[t]);
            seldom.Append(series[t]);
            double[] forecast = each.Forecast(80);
            if (t is 111 or 140 or 168 or 169 or 170 or 400 or 899)
            {
                CollectionAssert.AreEqual(forecast, seldom.Forecast(80), $"after {t}");
            }
        }

        if (method == SsaForecastMethod.Ridge)
        {
            return;
        }

        // From scratch: the same components on the whole series.
        double mean = model.Decomposition.Mean;
        var whole = new SsaDecomposition(Array.ConvertAll(series, v => v - mean), mean, true, model.Decomposition.Subspace);
        SsaAssert.Close(SsaModel.Of(whole, 5, method).Forecast(80), seldom.Forecast(80), 1e-9);
    }

    [TestMethod]
    public void Append_OfAMissingValue_TakesItsForecast()
    {
        SsaModel model = SsaModel.Fit(SsaSeries.From(300, t => Math.Sin(2 * Math.PI * t / 24)), new SsaOptions { WindowLength = 48, Rank = 2, SubtractMean = false });
        SsaTracker tracker = model.Track();
        for (int i = 0; i < 10; i++)
        {
            tracker.Append(double.NaN);
        }

        SsaAssert.Close(SsaSeries.From(24, h => Math.Sin(2 * Math.PI * (310 + h) / 24)), tracker.Forecast(24), 1e-8);
    }

    [TestMethod]
    public void Load_OfASavedModel_ForecastsTheSameBits()
    {
        foreach (SsaForecastMethod method in Enum.GetValues<SsaForecastMethod>())
        {
            SsaModel model = SsaModel.Fit(Noisy(800, 9), new SsaOptions { WindowLength = 200, Rank = 8, Method = method });
            using var stream = new MemoryStream();
            model.Save(stream);
            stream.Position = 0;
            SsaModel loaded = SsaModel.Load(stream);
            CollectionAssert.AreEqual(model.Forecast(300), loaded.Forecast(300));
            CollectionAssert.AreEqual(model.Residuals(), loaded.Residuals());
            Assert.AreEqual(model.Stability, loaded.Stability);
            SsaTracker a = model.Track(), b = loaded.Track();
            a.Append(11);
            b.Append(11);
            CollectionAssert.AreEqual(a.Forecast(100), b.Forecast(100));
        }
    }

    [TestMethod]
    public void Load_OfADamagedStream_SaysSo()
    {
        using var stream = new MemoryStream();
        SsaModel.Fit(Noisy(100, 9), new SsaOptions { WindowLength = 20, Rank = 3 }).Save(stream);
        byte[] bytes = stream.ToArray();
        Assert.ThrowsExactly<InvalidDataException>(() => SsaModel.Load(new MemoryStream(bytes[..^9])));
        Assert.ThrowsExactly<InvalidDataException>(() => SsaModel.Load(new MemoryStream([1, 2, 3])));
        bytes[10] = 99;
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => SsaModel.Load(new MemoryStream(bytes))).Message, "version 99", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Refit_GivesTheModelOfAFreshFit()
    {
        double[] series = Noisy(3000, 12);
        SsaModel yesterday = SsaModel.Fit(series.AsSpan(0, 2900), new SsaOptions { WindowLength = 300, Rank = 4 });
        SsaModel refitted = yesterday.Refit(series);
        SsaModel fresh = SsaModel.Fit(series, new SsaOptions { WindowLength = 300, Rank = 4 });
        SsaAssert.Close(fresh.Forecast(100), refitted.Forecast(100), 1e-10);
        Assert.IsLessThanOrEqualTo(fresh.Decomposition.Products, refitted.Decomposition.Products);
    }

    [TestMethod]
    public void NoiseVariance_IsThatOfTheNoise()
    {
        var random = new RandomStream(5);
        double[] series = SsaSeries.From(4000, t => (3 * Math.Sin(2 * Math.PI * t / 24)) + (0.5 * random.NextNormal()));
        SsaModel model = SsaModel.Fit(series, new SsaOptions { WindowLength = 240, Rank = 2 });
        Assert.AreEqual(0.25, model.NoiseVariance, 0.02);
        SsaAssert.Close(series, [.. model.Residuals().Zip(model.Reconstruction.ToArray(), (r, v) => r + v)], 1e-12);
    }

    [TestMethod]
    public void Forecast_OfAConstant_IsTheConstant()
    {
        double[] series = new double[100];
        Array.Fill(series, 5.1);
        foreach (bool subtractMean in new[] { true, false })
        {
            SsaModel model = SsaModel.Fit(series, new SsaOptions { WindowLength = 24, Rank = 3, SubtractMean = subtractMean });
            SsaAssert.Close(series.AsSpan(0, 48), model.Forecast(48), 1e-12);
        }

        SsaAssert.Close(series.AsSpan(0, 48), SsaModel.Fit(series).Forecast(48), 1e-12);
        foreach (double value in new[] { 0, 5.1 })
        {
            double[] longer = SsaSeries.From(1000, _ => value);
            SsaAssert.Close(longer.AsSpan(0, 48), SsaModel.Fit(longer, new SsaOptions { WindowLength = 300, Rank = 4 }).Forecast(48), 1e-12);
        }
    }

    [TestMethod]
    public void Fit_WhenImpossible_StatesValueRuleAndRemedy()
    {
        ArgumentException tooLong = Assert.ThrowsExactly<ArgumentException>(() => SsaModel.Fit(new double[180], new SsaOptions { WindowLength = 288, Rank = 4 }));
        Assert.AreEqual("WindowLength 288 needs at least 289 observations; got 180. Lower WindowLength or supply 109 more.", tooLong.Message);
        ArgumentException tooMany = Assert.ThrowsExactly<ArgumentException>(() => SsaModel.Fit(new double[100], new SsaOptions { WindowLength = 90, Rank = 40 }));
        StringAssert.Contains(tooMany.Message, "between 1 and 11", StringComparison.Ordinal);
        ForecastException tooShort = Assert.ThrowsExactly<ForecastException>(() => SsaModel.Fit([1, 2, 3]));
        StringAssert.Contains(tooShort.Message, "Supply 5 more", StringComparison.Ordinal);
        double[] noise = Noisy(40, 1);
        ForecastException vertical = Assert.ThrowsExactly<ForecastException>(() => SsaModel.Fit(noise, new SsaOptions { WindowLength = 10, Rank = 10 }));
        StringAssert.Contains(vertical.Message, "verticality", StringComparison.Ordinal);
    }

    private static double[] Noisy(int count, int seed)
    {
        var random = new RandomStream(seed);
        return SsaSeries.From(count, t => 10 + (3 * Math.Sin(2 * Math.PI * t / 24)) + Math.Cos((2 * Math.PI * t / 7.5) + 1) + (0.002 * t) + (0.3 * random.NextNormal()));
    }
}
