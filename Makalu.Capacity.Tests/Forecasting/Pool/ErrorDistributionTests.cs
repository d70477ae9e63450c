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

    /// <summary>The width changes from day to day by as much as the fewest degrees of freedom stand for: the variance of its square is exp(4 · 0.25²) − 1, more than 2 ÷ 9.</summary>
    private static readonly ErrorDistribution Errors = OfResiduals(origins: 200, random => Math.Exp(0.25 * random.NextNormal()), memoryHours: 0);

    /// <summary>Of normal errors whose width is as uncertain as that of nine, a step's are Student's t with nine degrees of freedom.</summary>
    [TestMethod]
    [DataRow(0.5)]
    [DataRow(0.75)]
    [DataRow(0.9)]
    [DataRow(0.95)]
    [DataRow(0.975)]
    [DataRow(0.99)]
    public void DrawWidth_MakesNormalErrorsOfAStepStudentT(double probability)
    {
        var random = new RandomStream(3);
        double[] drawn = [.. Enumerable.Range(0, 40_000).Select(_ => Errors.DrawWidth(random) * random.NextNormal())];

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
        double tails = StudentT.InvCDF(0, 1, 3, 0.975) / StudentT.InvCDF(0, 1, Judged(6, horizon: 6).DegreesOfFreedom, 0.975);
        Assert.AreEqual(tails, UpperError(judged: 6, horizon: 48) / UpperError(judged: 6, horizon: 6), 0.05);
        Assert.AreEqual(1, UpperError(judged: 24, horizon: 48) / UpperError(judged: 24, horizon: 24), 0.05);

        static ErrorDistribution Judged(int judged, int horizon) => OfResiduals(14_400 / judged, _ => 1, memoryHours: 0, judged, horizon);

        static double UpperError(int judged, int horizon)
        {
            ErrorDistribution errors = Judged(judged, horizon);
            var random = new RandomStream(3);
            return SampleQuantile.Of([.. Enumerable.Range(0, 40_000).Select(_ => errors.DrawWidth(random) * errors.Standardised(random.NextNormal()))], 0.975);
        }
    }

    /// <summary>Four weeks of days of one width: the errors of a step are then normal ones.</summary>
    [TestMethod]
    public void DegreesOfFreedom_WhereTheWidthIsSteadyAndErrorsAreShort_AreMany()
        => Assert.IsGreaterThan(30, OfResiduals(origins: 28, _ => 1, memoryHours: 0).DegreesOfFreedom);

    /// <summary>Of errors that last for two days a fortnight holds few, however steady their width: by Bartlett's formula 16 × 24 steps as many as 16 × 24 ÷ 48 = 8.</summary>
    [TestMethod]
    public void DegreesOfFreedom_WhereErrorsLastForDays_AreFew()
        => Assert.IsLessThan(15, OfResiduals(origins: 14, _ => 1, memoryHours: 48).DegreesOfFreedom);

    /// <summary>Errors that last for hours are many within a fortnight.</summary>
    [TestMethod]
    public void DegreesOfFreedom_WhereErrorsLastForHours_LieBetween()
        => Assert.IsInRange(12, 60, OfResiduals(origins: 14, _ => 1, memoryHours: 6).DegreesOfFreedom);

    [TestMethod]
    public void DegreesOfFreedom_OfOneDay_AreTheUsualOnes()
        => Assert.AreEqual(WidthUncertainty.FewestDegrees, OfResiduals(origins: 2, _ => 1, memoryHours: 0).DegreesOfFreedom);

    /// <summary>A first-order autoregression: n·(1 − φ²) ÷ (1 + φ²).</summary>
    [TestMethod]
    public void IndependentSquares_OfAnAutoregression_FollowBartlettsFormula()
    {
        Assert.AreEqual(1000, new ErrorDependence(0, 0.5, 0, 0.5).IndependentSquares(1000), 1e-9);
        Assert.AreEqual(10_000 * (1 - 0.64) / (1 + 0.64), new ErrorDependence(0, 0.5, 1, 0.8).IndependentSquares(10_000), 5);
    }

    /// <summary>Origins a day apart, each seeing the errors of three days after it, or as many as are judged; those of one day are the same for all.</summary>
    private static ErrorDistribution OfResiduals(int origins, Func<RandomStream, double> width, double memoryHours, int judged = Steps, int horizon = Steps)
    {
        var random = new RandomStream(7);
        double persistence = memoryHours > 0 ? Math.Exp(-1 / memoryHours) : 0;
        var errors = new double[(origins * Cycle) + judged];
        double error = random.NextNormal();
        double wide = 1;
        for (int h = 0; h < errors.Length; h++)
        {
            wide = h % Cycle == 0 ? width(random) : wide;
            error = (persistence * error) + (Math.Sqrt(1 - (persistence * persistence)) * random.NextNormal());
            errors[h] = Deviation * wide * error;
        }

        int[] counts = [.. Enumerable.Range(0, origins).Select(j => (origins - 1 - j) * Cycle)];
        double[][] residuals = [.. counts.Select(c => errors[c..(c + judged)])];
        double[][] levels = [.. residuals.Select(r => r.Select(_ => 100.0).ToArray())];
        return ErrorDistribution.Estimate(residuals, levels, counts, horizon, Cycle);
    }
}
