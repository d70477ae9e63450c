using Makalu.Capacity.Numerics;
using Makalu.Capacity.Tests.Forecasting.Ssa;

namespace Makalu.Capacity.Tests.Numerics;

[TestClass]
public sealed class LagCovarianceTests
{
    [TestMethod]
    [DataRow(2, new[] { 2 })]
    [DataRow(5, new[] { 12 })]
    [DataRow(24, new[] { 200 })]
    [DataRow(100, new[] { 199 })]
    [DataRow(130, new[] { 1000, 131 })]
    [DataRow(17, new[] { 40, 17, 300 })]
    public void BothForms_AgreeWithTheSumOverWindows(int window, int[] lengths)
    {
        var random = new RandomStream(4);
        ReadOnlyMemory<double>[] segments = [.. lengths.Select(n => new ReadOnlyMemory<double>(SsaSeries.From(n, t => Math.Sin(t / 3.0) + random.NextNormal())))];
        var matrix = new LagCovarianceMatrix(segments, window);
        var product = new HankelGramProduct(segments, window);
        double[] vector = SsaSeries.From(window, _ => random.NextNormal());
        double[] expected = new double[window];
        foreach (ReadOnlyMemory<double> segment in segments)
        {
            for (int k = 0; k + window <= segment.Length; k++)
            {
                double along = 0;
                for (int i = 0; i < window; i++)
                {
                    along += segment.Span[k + i] * vector[i];
                }

                for (int i = 0; i < window; i++)
                {
                    expected[i] += segment.Span[k + i] * along;
                }
            }
        }

        double[] actual = new double[window];
        matrix.Multiply(vector, actual);
        SsaAssert.Close(expected, actual, 1e-10);
        Array.Clear(actual);
        product.Multiply(vector, actual);
        SsaAssert.Close(expected, actual, 1e-10);
    }

    [TestMethod]
    [DataRow(30_000, 100)]
    [DataRow(9_000, 700)]
    [DataRow(3_000, 3_000)]
    public void Autocorrelation_ByTransforms_AgreesWithTheSums(int count, int lags)
    {
        var random = new RandomStream(9);
        double[] x = SsaSeries.From(count, _ => random.NextNormal());
        double[] sums = new double[lags];
        Autocorrelation.Add(x, sums);
        for (int d = 0; d < lags; d += Math.Max(1, lags / 50))
        {
            double expected = 0;
            for (int t = 0; t + d < count; t++)
            {
                expected += x[t] * x[t + d];
            }

            Assert.AreEqual(expected, sums[d], 1e-9);
        }
    }
}
