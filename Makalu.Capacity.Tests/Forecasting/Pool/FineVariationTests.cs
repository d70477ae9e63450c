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
}
