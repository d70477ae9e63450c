using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Tests.Forecasting.Pool;

[TestClass]
public class FineVariationTests
{
    private const int Group = 12;
    private const int Hours = 24;
    private const int Draws = 2000;

    [TestMethod]
    public void Refine_DrawsEachStepFromTheNoiseOfAll_AsLargeAsItsOwnIs()
    {
        // The first step of an hour varies by 30 %, the others by 5 %.
        var random = new RandomStream(1);
        double[] values = [.. Enumerable.Range(0, 28 * Hours * Group).Select(t => 10 * (1 + ((t % Group == 0 ? 0.3 : 0.05) * ((2 * random.NextDouble()) - 1))))];
        var variation = FineVariation.Learn(values, StepAggregation.Means(values, Group), Group, Hours);
        double[] level = [10, 10, 10];
        var first = new double[Draws];
        var seventh = new double[Draws];
        var path = new double[3 * Group];
        for (int draw = 0; draw < Draws; draw++)
        {
            variation.Refine(level, 0, new RandomStream(7, draw), path);
            first[draw] = path[Group];
            seventh[draw] = path[Group + 6];
        }

        Assert.AreEqual(10 * 0.3 / 2, first.Average(v => Math.Abs(v - 10)), 0.3);
        Assert.AreEqual(10 * 0.05 / 2, seventh.Average(v => Math.Abs(v - 10)), 0.1);

        // Of three hours on 28 days there are 84 values of a step itself.
        Assert.IsGreaterThan(84 * 6, seventh.Distinct().Count());
    }

    /// <summary>A day of ramps and a lunch that repeats without noise is refined to itself from its hours' means: at the first hour and the last too, and where the slope within an hour is no line.</summary>
    [TestMethod]
    [DataRow(12, 0)]
    [DataRow(4, 1)]
    [DataRow(2, 3)]
    [DataRow(12, -24)]
    public void Refine_OfADayThatRepeats_IsThatDay(int group, int firstHour)
    {
        double[] values = [.. Enumerable.Range(0, 30 * Hours * group).Select(t => Course(((double)t / group) + firstHour))];
        double[] means = StepAggregation.Means(values, group);
        int known = 28 * Hours;
        var variation = FineVariation.Learn(values.AsSpan(0, known * group), means.AsSpan(0, known), group, Hours);
        int start = known + Math.Min(0, firstHour);
        var path = new double[24 * group];
        variation.Refine(means.AsSpan(start, 24), start - known, random: null, path);

        for (int i = 0; i < path.Length; i++)
            Assert.AreEqual(values[(start * group) + i], path[i], 1e-6 * values[(start * group) + i], $"step {i}");
    }

    /// <summary>Days that are to come may rise more steeply than those from which the shape was learned.</summary>
    [TestMethod]
    public void Refine_KeepsTheMeanOfEachHour()
    {
        double[] values = [.. Enumerable.Range(0, 28 * Hours * Group).Select(t => Course((double)t / Group))];
        var variation = FineVariation.Learn(values, StepAggregation.Means(values, Group), Group, Hours);
        double[] level = [.. Enumerable.Range(0, Hours).Select(h => Math.Pow(Course(h + 0.5), 1.5))];
        var path = new double[Hours * Group];
        variation.Refine(level, 0, random: null, path);

        double[] means = StepAggregation.Means(path, Group);
        for (int h = 0; h < Hours; h++)
            Assert.AreEqual(level[h], means[h], 1e-9 * level[h], $"hour {h}");
    }

    private static double Course(double hours)
    {
        double hour = ((hours % Hours) + Hours) % Hours;
        double Ramp(double at, double width) => 1 / (1 + Math.Exp((at - hour) * 4 / width));
        return 20 + (100 * (Ramp(7.8, 0.5) - (0.3 * Ramp(12.1, 0.3)) + (0.3 * Ramp(13.2, 0.3)) - (0.8 * Ramp(18.4, 1)))) + (10 * Math.Cos(2 * Math.PI * hour / Hours));
    }
}
