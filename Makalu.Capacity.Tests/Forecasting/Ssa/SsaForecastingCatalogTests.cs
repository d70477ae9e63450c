using Makalu.Capacity.Forecasting.Ssa;
using Makalu.Capacity.Numerics;
using Microsoft.ML;

namespace Makalu.Capacity.Tests.Forecasting.Ssa;

[TestClass]
public sealed class SsaForecastingCatalogTests
{
    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    public void Transform_ForecastsAfterEachRow()
    {
        SsaForecastingTransformer transformer = Estimator().Fit(View(400, 0));
        ForecastRow[] rows = [.. _context.Data.CreateEnumerable<ForecastRow>(transformer.Transform(View(30, 400)), reuseRowObject: false)];
        Assert.HasCount(30, rows);
        for (int t = 0; t < 30; t++)
        {
            Assert.HasCount(12, rows[t].Forecast);
            for (int h = 0; h < 12; h++)
            {
                Assert.AreEqual(Signal(401 + t + h), rows[t].Forecast[h], 0.35);
                Assert.IsTrue(rows[t].Lower[h] < rows[t].Forecast[h] && rows[t].Forecast[h] < rows[t].Upper[h]);
            }
        }
    }

    [TestMethod]
    public void Save_AndLoad_ByTheModelCatalog_ForecastsTheSame()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            SsaForecastingTransformer transformer = Estimator().Fit(View(400, 0));
            _context.Model.Save(transformer, View(1, 0).Schema, path);
            ITransformer loaded = new MLContext().Model.Load(path, out DataViewSchema schema);
            Assert.IsNotNull(schema.GetColumnOrNull(nameof(Row.Value)));
            float[][] expected = [.. _context.Data.CreateEnumerable<ForecastRow>(transformer.Transform(View(10, 400)), false).Select(r => r.Forecast)];
            float[][] actual = [.. _context.Data.CreateEnumerable<ForecastRow>(loaded.Transform(View(10, 400)), false).Select(r => r.Forecast)];
            for (int t = 0; t < 10; t++)
            {
                CollectionAssert.AreEqual(expected[t], actual[t]);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestMethod]
    public void InAPipeline_WithALargeWindow_SavesAndLoads()
    {
        var pipeline = _context.Transforms.CopyColumns("Copy", nameof(Row.Value))
            .Append(_context.Forecasting.ForecastBySsa("Forecast", "Copy", 700, 4000, 4000, 24, rankSelectionMethod: RankSelectionMethod.Fixed, rank: 12));
        var fitted = pipeline.Fit(View(4000, 0));
        using var stream = new MemoryStream();
        _context.Model.Save(fitted, View(1, 0).Schema, stream);
        stream.Position = 0;
        ITransformer loaded = new MLContext().Model.Load(stream, out _);
        float[] expected = _context.Data.CreateEnumerable<ForecastOnly>(fitted.Transform(View(1, 4000)), false).Single().Forecast;
        CollectionAssert.AreEqual(expected, _context.Data.CreateEnumerable<ForecastOnly>(loaded.Transform(View(1, 4000)), false).Single().Forecast);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void CheckPoint_KeepsWhatTheEngineHasSeen(bool adaptive)
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            TimeSeriesPredictionEngine<Row, ForecastRow> engine = Estimator(adaptive).Fit(View(400, 0)).CreateTimeSeriesEngine<Row, ForecastRow>(_context);
            for (int t = 0; t < 60; t++)
            {
                engine.Predict(new Row { Value = (float)Signal(400 + t) });
            }

            engine.CheckPoint(_context, path);
            ITransformer loaded = new MLContext().Model.Load(path, out _);
            TimeSeriesPredictionEngine<Row, ForecastRow> again = loaded.CreateTimeSeriesEngine<Row, ForecastRow>(_context);
            CollectionAssert.AreEqual(engine.Predict().Forecast, again.Predict().Forecast);
            float[] longer = again.Predict(horizon: 40, confidenceLevel: 0.5f).Forecast;
            for (int h = 0; h < 40; h++)
            {
                Assert.AreEqual(Signal(460 + h), longer[h], 0.35);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestMethod]
    public void MaxRank_IsObeyed()
    {
        SsaForecastingTransformer transformer = _context.Forecasting.ForecastBySsa("Forecast", nameof(Row.Value), 48, 400, 400, 12, maxRank: 2).Fit(View(400, 0));
        Assert.IsLessThanOrEqualTo(2, transformer.Model.Rank);
    }

    [TestMethod]
    public void MaxGrowth_IsObeyed()
    {
        IDataView growing = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 200).Select(t => new Row { Value = (float)Math.Exp(0.01 * t) }));
        float[] forecast = _context.Forecasting.ForecastBySsa("Forecast", nameof(Row.Value), 40, 200, 200, 50, rankSelectionMethod: RankSelectionMethod.Fixed, rank: 2, maxGrowth: new GrowthRatio(1, 1))
            .Fit(growing).CreateTimeSeriesEngine<Row, ForecastRow>(_context).Predict().Forecast;
        Assert.IsLessThan(1.1 * Math.Exp(0.01 * 199), forecast.Max());
    }

    [TestMethod]
    public void DiscountFactor_OtherThanOne_IsRefusedWithTheReason()
    {
        ArgumentException thrown = Assert.ThrowsExactly<ArgumentException>(() => _context.Forecasting.ForecastBySsa("Forecast", nameof(Row.Value), 48, 400, 400, 12, discountFactor: 0.9f));
        StringAssert.Contains(thrown.Message, "discountFactor 0.9 is not supported", StringComparison.Ordinal);
    }

    private static double Signal(int t) => 10 + (3 * Math.Sin(2 * Math.PI * t / 24));

    private SsaForecastingEstimator Estimator(bool adaptive = false) => _context.Forecasting.ForecastBySsa(
        "Forecast", nameof(Row.Value), windowSize: 48, seriesLength: 200, trainSize: 400, horizon: 12, isAdaptive: adaptive,
        confidenceLowerBoundColumn: "Lower", confidenceUpperBoundColumn: "Upper", variableHorizon: true);

    private IDataView View(int count, int from)
    {
        var random = new RandomStream(from);
        return _context.Data.LoadFromEnumerable(Enumerable.Range(from, count).Select(t => new Row { Value = (float)(Signal(t) + (0.1 * random.NextNormal())) }).ToArray());
    }

    public sealed class Row
    {
        public float Value { get; set; }
    }

    public sealed class ForecastOnly
    {
        public float[] Forecast { get; set; } = [];
    }

    public sealed class ForecastRow
    {
        public float[] Forecast { get; set; } = [];

        public float[] Lower { get; set; } = [];

        public float[] Upper { get; set; } = [];
    }
}
