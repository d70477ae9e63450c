using CsCheck;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Tests.Numerics;

[TestClass]
public class QuantileSketchTests
{
    private static readonly double[] Probabilities = [0, 0.01, 0.25, 0.5, 0.75, 0.95, 0.99, 1];

    [TestMethod]
    public void Quantile_IsWithinTheRelativeAccuracy()
        => Gen.Select(Gen.Double[0, 1e6].Array[1, 300], Gen.Double[0.001, 0.1]).Sample((values, accuracy) =>
        {
            var sketch = new QuantileSketch(accuracy);
            Array.ForEach(values, sketch.Add);
            Array.Sort(values);
            foreach (double p in Probabilities)
            {
                double exact = values[(int)(p * (values.Length - 1))];
                Assert.AreEqual(exact, sketch.Quantile(p), (accuracy * exact * (1 + 1e-9)) + 1e-9);
            }
        }, iter: 300);

    [TestMethod]
    public void Merge_GivesTheSketchOfTheWhole()
        => Gen.Select(Gen.Double[0, 1e3].Array[0, 100], Gen.Double[1e-9, 1e-3].Array[0, 100], Gen.Double[1e6, 1e9].Array[0, 100]).Sample((a, b, c) =>
        {
            var whole = new QuantileSketch(0.01);
            Array.ForEach([.. a, .. b, .. c], whole.Add);
            QuantileSketch merged = Of(c);
            merged.Merge(Of(a));
            merged.Merge(new QuantileSketch(0.01));
            merged.Merge(Of(b));

            Assert.AreEqual(whole.Count, merged.Count);
            foreach (double p in Probabilities)
            {
                Assert.AreEqual(whole.Quantile(p), merged.Quantile(p));
            }
        }, iter: 300);

    [TestMethod]
    public void Merge_WhenAccuraciesDiffer_Refuses()
        => Assert.ThrowsExactly<ArgumentException>(() => Of([1]).Merge(new QuantileSketch(0.02)));

    [TestMethod]
    public void Quantile_WhenEmpty_IsUnknown() => Assert.IsTrue(double.IsNaN(Of([]).Quantile(0.5)));

    private static QuantileSketch Of(double[] values)
    {
        var sketch = new QuantileSketch(0.01);
        Array.ForEach(values, sketch.Add);
        return sketch;
    }
}
