namespace Makalu.Capacity.Reporting;

/// <summary>The highest step of each of a number of steps, for charts and tables that cannot show them all.</summary>
internal static class StepBins
{
    /// <summary>The highest known value of each bin; NaN where none is known.</summary>
    public static double[] Highest(ReadOnlySpan<double> values, int stepsPerBin)
    {
        var bins = new double[(values.Length + stepsPerBin - 1) / stepsPerBin];
        Array.Fill(bins, double.NaN);
        for (int i = 0; i < values.Length; i++)
        {
            ref double bin = ref bins[i / stepsPerBin];
            bin = double.IsNaN(bin) || values[i] > bin ? values[i] : bin;
        }

        return bins;
    }

    /// <summary>The highest known value of all; 0 where none is known.</summary>
    public static double Highest(ReadOnlySpan<double> values)
    {
        double highest = 0;
        foreach (double value in values)
        {
            highest = value > highest ? value : highest;
        }

        return highest;
    }
}
