namespace Makalu.Capacity.Numerics;

/// <summary>The mean of a sample that may have unknown values.</summary>
internal static class SampleMean
{
    /// <summary>The mean of the values that are known.</summary>
    /// <param name="values">NaN where unknown.</param>
    /// <param name="whenNone">What is returned where none is known.</param>
    public static double OfKnown(ReadOnlySpan<double> values, double whenNone = double.NaN)
    {
        double sum = 0;
        int count = 0;
        foreach (double value in values)
        {
            if (!double.IsNaN(value))
            {
                sum += value;
                count++;
            }
        }

        return count > 0 ? sum / count : whenNone;
    }
}
