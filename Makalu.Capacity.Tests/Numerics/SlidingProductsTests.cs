using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Tests.Numerics;

[TestClass]
public sealed class SlidingProductsTests
{
    [TestMethod]
    [DataRow(1, 3)]
    [DataRow(15, 40)]
    [DataRow(33, 33)]
    [DataRow(100, 17)]
    [DataRow(257, 300)]
    public void Dot_IsTheSumOfProductsAtEachShift(int length, int shifts)
    {
        var random = new RandomStream(length);
        double[] coefficients = new double[length];
        double[] series = new double[length];
        for (int i = 0; i < length; i++)
        {
            (coefficients[i], series[i]) = (random.NextNormal(), random.NextNormal());
        }

        double[] actual = new double[shifts];
        SlidingProducts.Dot(coefficients, series, actual);
        for (int h = 0; h < shifts; h++)
        {
            double expected = 0;
            for (int j = 0; j + h < length; j++)
            {
                expected += coefficients[j] * series[j + h];
            }

            Assert.AreEqual(expected, actual[h], 1e-12 * length, $"shift {h}");
        }
    }
}
