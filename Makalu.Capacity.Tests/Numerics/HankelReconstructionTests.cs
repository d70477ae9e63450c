using Makalu.Capacity.Numerics;
using Makalu.Capacity.Tests.Forecasting.Ssa;

namespace Makalu.Capacity.Tests.Numerics;

[TestClass]
public sealed class HankelReconstructionTests
{
    [TestMethod]
    [DataRow(50, 7, 2)]
    [DataRow(300, 150, 3)]
    [DataRow(300, 250, 2)]
    [DataRow(1000, 40, 5)]
    [DataRow(4001, 100, 3)]
    public void Reconstruct_AgreesWithAveragingTheProjectedWindows(int count, int window, int rank)
    {
        var random = new RandomStream(8);
        double[] x = SsaSeries.From(count, _ => random.NextNormal());
        double[] vectors = SsaSeries.From(rank * window, _ => random.NextNormal() / Math.Sqrt(window));
        double[] expected = new double[count];
        for (int k = 0; k + window <= count; k++)
        {
            for (int i = 0; i < rank; i++)
            {
                double along = 0;
                for (int j = 0; j < window; j++)
                {
                    along += vectors[(i * window) + j] * x[k + j];
                }

                for (int j = 0; j < window; j++)
                {
                    expected[k + j] += vectors[(i * window) + j] * along / HankelReconstruction.WindowsThrough(k + j, count, window);
                }
            }
        }

        double[] actual = new double[count];
        HankelReconstruction.Reconstruct(x, vectors, window, actual);
        SsaAssert.Close(expected, actual, 1e-11);
    }
}
