using Makalu.Capacity.Forecasting.Ssa; // instead of Microsoft.ML.Transforms.TimeSeries
using Microsoft.ML;

namespace Makalu.Capacity.Tests.Forecasting.Ssa;

/// <summary>The whole way of a user of ML.NET's ForecastBySsa, with that one using changed.</summary>
[TestClass]
public sealed class SsaForecastingMigrationTests
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void FitSaveLoadPredictCheckPointAndLoadAgain(bool adaptive)
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        string saved = Path.Combine(folder, "model.zip"), checkPoint = Path.Combine(folder, "checkpoint.zip");
        try
        {
            var context = new MLContext(seed: 0);
            IDataView history = context.Data.LoadFromEnumerable(Enumerable.Range(0, 300).Select(At));
            var estimator = context.Forecasting.ForecastBySsa(
                outputColumnName: nameof(DemandForecast.Forecast),
                inputColumnName: nameof(Demand.Requests),
                windowSize: 48,
                seriesLength: 200,
                trainSize: 300,
                horizon: 24,
                isAdaptive: adaptive,
                confidenceLevel: 0.95f,
                confidenceLowerBoundColumn: nameof(DemandForecast.Lower),
                confidenceUpperBoundColumn: nameof(DemandForecast.Upper));
            ITransformer fitted = estimator.Fit(history);
            context.Model.Save(fitted, history.Schema, saved);

            var later = new MLContext(seed: 0);
            ITransformer loaded = later.Model.Load(saved, out DataViewSchema schema);
            Assert.IsNotNull(schema.GetColumnOrNull(nameof(Demand.Requests)));
            var engine = loaded.CreateTimeSeriesEngine<Demand, DemandForecast>(later);
            AssertForecast(engine.Predict(), 300);
            for (int t = 300; t < 400; t++)
            {
                AssertForecast(engine.Predict(At(t)), t + 1);
            }

            engine.CheckPoint(later, checkPoint);
            var again = new MLContext().Model.Load(checkPoint, out _).CreateTimeSeriesEngine<Demand, DemandForecast>(new MLContext());
            DemandForecast expected = engine.Predict(), actual = again.Predict();
            CollectionAssert.AreEqual(expected.Forecast, actual.Forecast);
            CollectionAssert.AreEqual(expected.Lower, actual.Lower);
            CollectionAssert.AreEqual(expected.Upper, actual.Upper);
            AssertForecast(actual, 400);
            CollectionAssert.AreEqual(engine.Predict(At(400)).Forecast, again.Predict(At(400)).Forecast);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Demand At(int t) => new() { Requests = (float)(100 + (30 * Math.Sin(2 * Math.PI * t / 24)) + (5 * Math.Cos(2 * Math.PI * t / 12))) };

    private static void AssertForecast(DemandForecast forecast, int from)
    {
        Assert.HasCount(24, forecast.Forecast);
        for (int h = 0; h < 24; h++)
        {
            Assert.AreEqual(At(from + h).Requests, forecast.Forecast[h], 0.01);
            Assert.IsTrue(forecast.Lower[h] <= forecast.Forecast[h] && forecast.Forecast[h] <= forecast.Upper[h]);
        }
    }

    public sealed class Demand
    {
        public float Requests { get; set; }
    }

    public sealed class DemandForecast
    {
        public float[] Forecast { get; set; } = [];

        public float[] Lower { get; set; } = [];

        public float[] Upper { get; set; } = [];
    }
}
