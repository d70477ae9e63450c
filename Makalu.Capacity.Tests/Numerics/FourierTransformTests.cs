using Makalu.Capacity.Numerics;
using Makalu.Capacity.Tests.Forecasting.Ssa;

namespace Makalu.Capacity.Tests.Numerics;

[TestClass]
public sealed class FourierTransformTests
{
    [TestMethod]
    [DataRow(16)]
    [DataRow(32)]
    [DataRow(48)]
    [DataRow(96)]
    [DataRow(256)]
    [DataRow(1536)]
    [DataRow(3072)]
    public void Forward_GivesTheSpectrumInSomeOrder(int length)
    {
        FourierTransform transform = FourierTransform.AtLeast(length);
        Assert.AreEqual(length, transform.Length);
        var random = new RandomStream(1);
        double[] re = SsaSeries.From(length, _ => random.NextNormal());
        double[] im = SsaSeries.From(length, _ => random.NextNormal());
        System.Numerics.Complex[] expected = [.. Enumerable.Range(0, length).Select(i => new System.Numerics.Complex(re[i], im[i]))];
        MathNet.Numerics.IntegralTransforms.Fourier.Forward(expected, MathNet.Numerics.IntegralTransforms.FourierOptions.NoScaling);
        transform.Forward(re, im);

        int[] Order(double[] keys)
        {
            int[] order = [.. Enumerable.Range(0, length)];
            Array.Sort((double[])keys.Clone(), order);
            return order;
        }

        int[] mine = Order(re);
        int[] theirs = Order([.. expected.Select(z => z.Real)]);
        for (int i = 0; i < length; i++)
        {
            Assert.AreEqual(expected[theirs[i]].Real, re[mine[i]], 1e-9);
            Assert.AreEqual(expected[theirs[i]].Imaginary, im[mine[i]], 1e-9);
        }
    }

    [TestMethod]
    [DataRow(16)]
    [DataRow(384)]
    [DataRow(2048)]
    [DataRow(12288)]
    public void Inverse_OfForward_IsTheInputTimesTheLength(int length)
    {
        FourierTransform transform = FourierTransform.AtLeast(length);
        var random = new RandomStream(2);
        double[] re = SsaSeries.From(length, _ => random.NextNormal());
        double[] im = SsaSeries.From(length, _ => random.NextNormal());
        double[] expectedRe = Array.ConvertAll(re, v => v * length);
        double[] expectedIm = Array.ConvertAll(im, v => v * length);
        transform.Forward(re, im);
        transform.Inverse(re, im);
        SsaAssert.Close(expectedRe, re, 1e-13 * length * 10);
        SsaAssert.Close(expectedIm, im, 1e-13 * length * 10);
    }

    [TestMethod]
    public void AtLeast_ChoosesTheShortestLength()
    {
        Assert.AreEqual(16, FourierTransform.AtLeast(1).Length);
        Assert.AreEqual(1536, FourierTransform.AtLeast(1440).Length);
        Assert.AreEqual(12288, FourierTransform.AtLeast(10_080).Length);
        Assert.AreEqual(24_576, FourierTransform.AtLeast(16_385).Length);
    }
}
