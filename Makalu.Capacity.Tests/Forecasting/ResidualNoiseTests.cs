using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public class ResidualNoiseTests
{
    private const int Slots = 96;

    [TestMethod]
    public void At_HasTheMedianAndTheTailsOfTheResiduals()
    {
        // An exponential less its mean: median ln 2 − 1, 95 % quantile ln 20 − 1, 5 % quantile −ln 0.95 − 1.
        var random = new RandomStream(4);
        double[] residuals = [.. Enumerable.Range(0, Slots * 42).Select(_ => 0.2 * (-Math.Log(1 - random.NextDouble()) - 1))];

        var noise = ResidualNoise.Learn(residuals, i => i % Slots, Slots, deviation: 0.2);

        Assert.AreEqual(0.2 * (Math.Log(2) - 1), Mean(noise, 0), 0.015);
        Assert.AreEqual(0.2 * (Math.Log(20) - 1), Mean(noise, 1.645), 0.04);
        Assert.AreEqual(0.2 * (-Math.Log(0.95) - 1), Mean(noise, -1.645), 0.03);
    }

    [TestMethod]
    public void At_WhereHoursDiffer_IsWiderInTheNoisyOnes()
    {
        var random = new RandomStream(5);
        double[] residuals = [.. Enumerable.Range(0, Slots * 42).Select(i => (i % Slots < 32 ? 0.4 : 0.1) * random.NextNormal())];

        var noise = ResidualNoise.Learn(residuals, i => i % Slots, Slots, deviation: 0.2);

        // The true ratio is 4; a quarter of the spread is that of all hours.
        Assert.IsGreaterThan(2.2 * noise.At(64, 1), noise.At(16, 1));
    }

    [TestMethod]
    public void At_WithNothingKnown_IsNormal()
    {
        var noise = ResidualNoise.Learn([double.NaN, double.NaN], i => i, 24, deviation: 0.3);

        Assert.AreEqual(2 * noise.At(7, 1.2), noise.At(7, 2.4), 1e-9);
        Assert.IsInRange(0.3, 0.45, noise.At(0, 1));
    }

    [TestMethod]
    public void Predict_UnderACalendar_OfBurstyTraffic_StatesStepQuantilesThatHold()
    {
        // Most steps are calm, one in eight is anything from half to twice: a median deviation knows nothing of those.
        var start = new DateTimeOffset(2024, 3, 4, 0, 0, 0, TimeSpan.Zero);
        const int Days = 35;
        const int Runs = 12;
        int covered = 0;
        for (int run = 0; run < Runs; run++)
        {
            var random = new RandomStream(run);
            double[] all = [.. Enumerable.Range(0, (Days + 1) * Slots).Select(t => (10 - (6 * Math.Cos(2 * Math.PI * t / Slots))) * Math.Exp((random.NextInt(8) == 0 ? 0.5 : 0.08) * random.NextNormal()))];
            var calendar = new CampaignCalendar([new Campaign("mail", "email", start.AddDays(20).AddHours(10), start.AddDays(20).AddHours(11))]);

            Forecast forecast = new CampaignForecaster().Fit(new TimeSeries(start, TimeSpan.FromMinutes(15), all.AsSpan(0, Days * Slots)), calendar).Predict(new PredictionOptions { Horizon = Slots, Paths = 400 });

            double[] stated = forecast.Quantile(0.95);
            covered += Enumerable.Range(0, Slots).Count(h => all[(Days * Slots) + h] <= stated[h]);
        }

        Assert.IsInRange(0.93, 0.975, covered / (double)(Runs * Slots));
    }

    [TestMethod]
    public void Fit_WhereEachDayHasALevelOfItsOwn_DoubtsTheLevelAtTheOrigin()
    {
        // Days that differ by 15 % at random: a level smoothed over days hardly moves, but none of it foretells the next day.
        var random = new RandomStream(3);
        double[] days = [.. Enumerable.Range(0, 35).Select(_ => 0.15 * random.NextNormal())];
        double[] values = [.. Enumerable.Range(0, 35 * 24).Select(t => 10 * Math.Exp(days[t / 24] + (0.02 * random.NextNormal())))];

        var fit = LevelAndShape.Fit(new TimeSeries(DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1), values), new bool[values.Length]);

        Assert.IsGreaterThan(1.3 * 1.22 * fit.LevelDeviationPerDay, fit.LevelDeviationAtOrigin);
        Assert.IsInRange(0.09, 0.2, fit.LevelDeviationAtOrigin);
    }

    private static double Mean(ResidualNoise noise, double deviate) => Enumerable.Range(0, Slots).Average(slot => noise.At(slot, deviate));
}
