using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Tests.Numerics;

[TestClass]
public sealed class GaussianSmoothTests
{
    /// <summary>Bit for bit the definition, cell by cell, also where the kernel is longer than the circle.</summary>
    [TestMethod]
    [DataRow(40, 3.0)]
    [DataRow(5, 4.0)]
    [DataRow(1, 0.5)]
    public void Means_OfAnyCells_AreTheWeightedSumsOfTheirNeighbours(int cells, double bandwidth)
    {
        var random = new RandomStream(cells);
        double[] weights = [.. Enumerable.Range(0, cells).Select(_ => random.NextInt(3) == 0 ? 0 : random.NextDouble())];
        double[] sums = Array.ConvertAll(weights, w => w * random.NextNormal());
        foreach (bool circular in new[] { false, true })
        {
            (double[] means, double[] totals) = circular ? GaussianSmooth.Circle(sums, weights, bandwidth) : GaussianSmooth.Line(sums, weights, bandwidth);
            for (int i = 0; i < cells; i++)
            {
                double sum = 0, total = 0;
                int radius = (int)(3 * bandwidth) + 1;
                for (int k = i - radius; k <= i + radius; k++)
                {
                    if (!circular && (k < 0 || k >= cells))
                        continue;
                    double kernel = Math.Exp(-0.5 * (k - i) * (k - i) / (bandwidth * bandwidth));
                    int cell = ((k % cells) + cells) % cells;
                    sum += kernel * sums[cell];
                    total += kernel * weights[cell];
                }

                Assert.AreEqual(total, totals[i]);
                Assert.AreEqual(total > 1e-9 ? sum / total : 0, means[i]);
            }
        }
    }
}
