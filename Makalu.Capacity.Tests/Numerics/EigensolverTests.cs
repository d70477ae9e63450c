using Makalu.Capacity.Numerics;
using Makalu.Capacity.Tests.Forecasting.Ssa;
using MathNet.Numerics.LinearAlgebra;

namespace Makalu.Capacity.Tests.Numerics;

[TestClass]
public sealed class EigensolverTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(7)]
    [DataRow(60)]
    public void SymmetricEigen_AgreesWithMathNet(int size)
    {
        var random = new RandomStream(size);
        Matrix<double> square = Matrix<double>.Build.Dense(size, size, (_, _) => random.NextNormal());
        Matrix<double> symmetric = square + square.Transpose();
        double[] values = new double[size];
        double[] vectors = SymmetricEigen.Decompose(symmetric.ToRowMajorArray(), size, values);
        double[] expected = [.. symmetric.Evd(Symmetricity.Symmetric).EigenValues.Select(z => z.Real).OrderDescending()];
        SsaAssert.Close(expected, values, 1e-11 * size);
        for (int i = 0; i < size; i++)
        {
            Vector<double> u = Vector<double>.Build.Dense(vectors[(i * size)..((i + 1) * size)]);
            Assert.AreEqual(1, u.L2Norm(), 1e-12);
            Assert.IsLessThan(1e-11 * size, ((symmetric * u) - (values[i] * u)).L2Norm());
        }
    }

    [TestMethod]
    [DataRow(120, 1200, 10)]
    [DataRow(336, 2000, 20)]
    [DataRow(400, 900, 50)]
    public void Lanczos_AgreesWithTheWholeDecomposition(int window, int count, int wanted)
    {
        var random = new RandomStream(3);
        double[] x = SsaSeries.From(count, t => (0.01 * t) + (3 * Math.Sin(2 * Math.PI * t / 24)) + Math.Cos(2 * Math.PI * t / 7) + random.NextNormal());
        var matrix = new LagCovarianceMatrix([x], window);
        double[] expected = new double[window];
        _ = SymmetricEigen.Decompose(matrix.Values.ToArray(), window, expected);
        LeadingEigenpairs found = LanczosEigensolver.Find(new HankelGramProduct([x], window), wanted);
        SsaAssert.Close(expected.AsSpan(0, wanted), found.Values, 1e-11 * expected[0]);
        Assert.IsLessThan(1e-9, found.Residual);
        AssertOrthonormal(found, window);
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(4)]
    public void Lanczos_FindsEveryCopyOfMultipleEigenvalues(int multiplicity)
    {
        int size = 400;
        var spectrum = new Diagonal([.. Enumerable.Range(0, size).Select(i => i < multiplicity ? 100.0 : i < 2 * multiplicity ? 99 : 1.0 / (i + 1))]);
        LeadingEigenpairs found = LanczosEigensolver.Find(spectrum, (2 * multiplicity) + 3);
        for (int i = 0; i < 2 * multiplicity; i++)
        {
            Assert.AreEqual(i < multiplicity ? 100 : 99, found.Values[i], 1e-9);
        }

        AssertOrthonormal(found, size);
    }

    [TestMethod]
    public void Lanczos_OfALowRank_GivesZerosBeyondIt()
    {
        var spectrum = new Diagonal([.. Enumerable.Range(0, 200).Select(i => i < 3 ? 10.0 - i : 0)]);
        LeadingEigenpairs found = LanczosEigensolver.Find(spectrum, 8);
        SsaAssert.Close([10, 9, 8, 0, 0, 0, 0, 0], found.Values, 1e-12);
        AssertOrthonormal(found, 200);
    }

    [TestMethod]
    public void Lanczos_OfNothing_GivesZerosAndAnOrthonormalBasis()
    {
        LeadingEigenpairs found = LanczosEigensolver.Find(new Diagonal(new double[300]), 3);
        SsaAssert.Close([0, 0, 0], found.Values, 0);
        AssertOrthonormal(found, 300);
    }

    [TestMethod]
    public void Lanczos_StartedNearTheAnswer_NeedsFewerProducts()
    {
        var random = new RandomStream(3);
        double[] x = SsaSeries.From(6000, t => (3 * Math.Sin(2 * Math.PI * t / 24)) + Math.Cos(2 * Math.PI * t / 7) + (0.3 * random.NextNormal()));
        LeadingEigenpairs yesterday = LanczosEigensolver.Find(new HankelGramProduct([x.AsMemory(0, 5900)], 336), 4);
        double[] start = new double[336];
        RowProducts.AddCombination(yesterday.Vectors, [1, 1, 1, 1], start);
        LeadingEigenpairs cold = LanczosEigensolver.Find(new HankelGramProduct([x], 336), 4);
        LeadingEigenpairs warm = LanczosEigensolver.Find(new HankelGramProduct([x], 336), 4, start);
        SsaAssert.Close(cold.Values, warm.Values, 1e-9 * cold.Values[0]);
        Assert.IsLessThanOrEqualTo(cold.Products, warm.Products);
    }

    private static void AssertOrthonormal(LeadingEigenpairs pairs, int size)
    {
        for (int i = 0; i < pairs.Values.Length; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double dot = System.Numerics.Tensors.TensorPrimitives.Dot<double>(pairs.Vectors.AsSpan(i * size, size), pairs.Vectors.AsSpan(j * size, size));
                Assert.AreEqual(i == j ? 1 : 0, dot, 1e-11);
            }
        }
    }

    private sealed class Diagonal(double[] values) : SymmetricOperator
    {
        public override int Size => values.Length;

        public override void Multiply(ReadOnlySpan<double> vector, Span<double> result)
            => System.Numerics.Tensors.TensorPrimitives.Multiply(vector, values, result);
    }
}
