namespace Makalu.Capacity.Tests.Forecasting.Ssa;

internal static class SsaAssert
{
    /// <summary>Fails unless both have the same length and no value differs by more than <paramref name="tolerance"/>.</summary>
    public static void Close(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance)
    {
        Assert.AreEqual(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], tolerance, FormattableString.Invariant($"at {i}"));
        }
    }
}
