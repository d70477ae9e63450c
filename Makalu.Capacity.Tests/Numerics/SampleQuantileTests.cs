using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Tests.Numerics;

[TestClass]
public sealed class SampleQuantileTests
{
    /// <summary>Bit for bit, with equal values, in rising and falling order and for the outermost ranks too.</summary>
    [TestMethod]
    public void Select_OfAnySample_IsTheQuantileOfTheSortedSample()
    {
        for (int seed = 1; seed <= 300; seed++)
        {
            var random = new RandomStream(seed);
            double[] sample = [.. Enumerable.Range(0, 1 + random.NextInt(400)).Select(_ => seed % 3 == 0 ? random.NextInt(8) : random.NextNormal())];
            double[] sorted = [.. sample.Order()];
            if (seed % 5 == 0)
                Array.Sort(sample);
            if (seed % 10 == 0)
                Array.Reverse(sample);
            foreach (double probability in new[] { 1e-9, 0.05, 0.5, 0.9, 0.99, 1 - 1e-9, random.NextDouble() })
                Assert.AreEqual(SampleQuantile.OfSorted(sorted, probability), SampleQuantile.Select((double[])sample.Clone(), probability), $"seed {seed}, {probability}");
        }
    }
}
