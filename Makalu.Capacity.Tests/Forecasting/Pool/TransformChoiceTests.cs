using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting.Pool;

[TestClass]
public class TransformChoiceTests
{
    private const int Hours = 24 * 42;

    [TestMethod]
    public void SquareRoot_AboutTheMean_HasTheSlopeOfTheLogarithm_AndComesBack()
    {
        var root = ValueTransform.SquareRoot([1, double.NaN, 7]);

        Assert.IsTrue(root.IsSquareRoot);
        Assert.AreEqual(0.01 / 4, root.Forward(4.005) - root.Forward(3.995), 1e-8);
        foreach (double value in (double[])[0, 0.3, 4, 1000])
        {
            Assert.AreEqual(value, root.Inverse(root.Forward(value)), 1e-9);
        }

        Assert.AreEqual(0, root.Inverse(-2));
        Assert.AreEqual("square root", root.Describe());
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void LogSlope_IsThatOfTheTransform(bool isRoot)
    {
        double[] values = [3, 8, 5];
        ValueTransform transform = isRoot ? ValueTransform.SquareRoot(values) : ValueTransform.For(values);

        Assert.AreEqual(Math.Log((transform.Forward(6.001) - transform.Forward(5.999)) / 0.002), transform.LogSlope(6), 1e-6);
    }

    // The density of a value does not depend on the unit, and normal errors of one scale are likelier on it than on the other.
    [TestMethod]
    public void LogLikelihood_IsHigherOnTheScaleWhereErrorsAreAlike()
    {
        var random = new RandomStream(5);
        double[] levels = [.. Enumerable.Range(0, 2000).Select(t => 2 + (98 * ((t % 24) / 23.0)))];
        double[] counts = [.. levels.Select(level => Square(Math.Sqrt(level) + (0.3 * random.NextNormal())))];
        double[] factors = [.. levels.Select(level => level * Math.Exp(0.2 * random.NextNormal()))];

        Assert.IsGreaterThan(Likelihood(counts, ValueTransform.For(counts)) + 0.05, Likelihood(counts, ValueTransform.SquareRoot(counts)));
        Assert.IsGreaterThan(Likelihood(factors, ValueTransform.SquareRoot(factors)) + 0.05, Likelihood(factors, ValueTransform.For(factors)));

        double Likelihood(double[] values, ValueTransform transform) => TransformChoice.LogLikelihood(values, [0], [levels], transform);
    }

    [TestMethod]
    [DataRow("counts", "square root")]
    [DataRow("factors", "logarithm")]
    [DataRow("growing counts", "logarithm")]
    [DataRow("counts that grow by half", "logarithm")]
    [DataRow("falling counts", "square root")]
    public void Predict_TakesTheScaleOnWhichTheErrorsAreAlike(string kind, string scale)
    {
        var random = new RandomStream(8);
        double[] values = [.. Enumerable.Range(0, Hours).Select(t =>
        {
            double level = 16 * Math.Exp(1.5 * Math.Cos(2 * Math.PI * t / 24)) * (1 + (kind switch { "growing counts" => 2.5, "counts that grow by half" => 0.9, "falling counts" => -0.4, _ => 0 } * t / Hours));
            return kind == "factors" ? level * Math.Exp(0.35 * random.NextNormal()) : Square(Math.Max(0.3, Math.Sqrt(level) + (0.9 * random.NextNormal())));
        })];

        Forecast forecast = new PoolForecaster().Fit(new TimeSeries(DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1), values), CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = 48 });

        StringAssert.StartsWith(forecast.Report!.Transform, scale, StringComparison.Ordinal);
    }

    private static double Square(double value) => value * value;
}
