using Makalu.Capacity.Forecasting.Ssa;
using MathNet.Numerics.LinearAlgebra;

namespace Makalu.Capacity.Tests.Forecasting.Ssa;

[TestClass]
public sealed class SsaRecurrenceTests
{
    [TestMethod]
    public void RadiusByPowers_IsTheLargestModulusOfTheRoots()
    {
        var random = new Random(3);
        for (int size = 1; size <= 20; size++)
        {
            var matrix = Matrix<double>.Build.Dense(size, size, (_, _) => random.NextDouble() - 0.5);
            double expected = matrix.Evd().EigenValues.Max(root => root.Magnitude);
            Assert.AreEqual(expected, SsaRecurrence.RadiusByPowers(matrix), 1e-3 * expected);
        }

        Assert.AreEqual(0, SsaRecurrence.RadiusByPowers(Matrix<double>.Build.DenseOfArray(new double[,] { { 0, 1 }, { 0, 0 } })));
    }
}
