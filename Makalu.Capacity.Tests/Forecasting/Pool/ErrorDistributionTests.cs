using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Numerics;
using MathNet.Numerics.Distributions;

namespace Makalu.Capacity.Tests.Forecasting.Pool;

[TestClass]
public class ErrorDistributionTests
{
    private const int Steps = 72;
    private const int Cycle = 24;
    private const double Deviation = 0.2;
    private static readonly ErrorDistribution Errors = OfNormalResiduals();

    /// <summary>Of normal errors whose width is as uncertain as that of nine, a step's are Student's t with nine degrees of freedom.</summary>
    [TestMethod]
    [DataRow(0.5)]
    [DataRow(0.75)]
    [DataRow(0.9)]
    [DataRow(0.95)]
    [DataRow(0.975)]
    [DataRow(0.99)]
    public void DrawWidth_MakesTheErrorsOfAStepStudentT(double probability)
    {
        var random = new RandomStream(3);
        double[] drawn = [.. Enumerable.Range(0, 40_000).Select(_ => Errors.DrawWidth(random) * Errors.Standardised(random.NextNormal()))];

        Assert.AreEqual(StudentT.InvCDF(0, 1, 9, probability), SampleQuantile.Of(drawn, probability), 0.1);
    }

    [TestMethod]
    public void DrawWidth_OfErrorsThatAreGiven_IsTheirOwn()
        => Assert.AreEqual(1, ErrorDistribution.Normal([0.1], new ErrorDependence(0, 0.5, 0, 0.5)).DrawWidth(new RandomStream(1)));

    /// <summary>The maximum of many steps: its median hardly rises with the uncertainty of the width, its upper quantiles do. A greater width for every path, as great as that of the steps' 97.5 % quantiles (1.15), would raise both by that.</summary>
    [TestMethod]
    public void DrawWidth_WidensTheUpperQuantilesOfAMaximum_AndLeavesItsMedian()
    {
        var random = new RandomStream(5);
        double[] uncertain = Maxima(() => Errors.DrawWidth(random), random);
        double[] certain = Maxima(() => 1, random);

        Assert.IsInRange(1, 1.07, SampleQuantile.Of(uncertain, 0.5) / SampleQuantile.Of(certain, 0.5));
        Assert.IsInRange(1.15, 1.5, SampleQuantile.Of(uncertain, 0.95) / SampleQuantile.Of(certain, 0.95));

        static double[] Maxima(Func<double> draw, RandomStream random) => [.. Enumerable.Range(0, 10_000).Select(_ => draw() * Enumerable.Range(0, Steps).Max(_ => Errors.Standardised(random.NextNormal())))];
    }

    /// <summary>Six hours that could be judged tell little of the width of two days.</summary>
    [TestMethod]
    public void DrawWidth_WhenLessThanADayWasJudgedOfMoreThatIsAsked_IsOfThreeDegreesOfFreedom()
    {
        double tails = StudentT.InvCDF(0, 1, 3, 0.975) / StudentT.InvCDF(0, 1, 9, 0.975);
        Assert.AreEqual(tails, UpperError(judged: 6, horizon: 48) / UpperError(judged: 6, horizon: 6), 0.05);
        Assert.AreEqual(1, UpperError(judged: 24, horizon: 48) / UpperError(judged: 24, horizon: 24), 0.05);

        static double UpperError(int judged, int horizon)
        {
            ErrorDistribution errors = OfNormalResiduals(judged, horizon);
            var random = new RandomStream(3);
            return SampleQuantile.Of([.. Enumerable.Range(0, 40_000).Select(_ => errors.DrawWidth(random) * errors.Standardised(random.NextNormal()))], 0.975);
        }
    }

    private static ErrorDistribution OfNormalResiduals(int judged = Steps, int horizon = Steps)
    {
        var random = new RandomStream(7);
        double[][] residuals = [.. Enumerable.Range(0, 14_400 / judged).Select(_ => Enumerable.Range(0, judged).Select(_ => Deviation * random.NextNormal()).ToArray())];
        double[][] levels = [.. residuals.Select(r => r.Select(_ => 100.0).ToArray())];
        return ErrorDistribution.Estimate(residuals, levels, horizon, Cycle);
    }
}
