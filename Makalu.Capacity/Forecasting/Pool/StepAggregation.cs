namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>Means over groups of steps, counted back from the end.</summary>
internal static class StepAggregation
{
    /// <summary>The mean of each group; NaN where less than half of the group is known. A partial group at the start is left out.</summary>
    public static double[] Means(ReadOnlySpan<double> values, int group)
    {
        if (group == 1)
            return values.ToArray();

        int count = values.Length / group;
        int first = values.Length - (count * group);
        var means = new double[count];
        int anyKnown = -1;
        for (int g = 0; g < count; g++)
        {
            double sum = 0;
            int known = 0;
            foreach (double value in values.Slice(first + (g * group), group))
            {
                if (!double.IsNaN(value))
                {
                    sum += value;
                    known++;
                }
            }

            means[g] = 2 * known >= group ? sum / known : double.NaN;
            anyKnown = 2 * known >= group ? g : anyKnown;
        }

        return anyKnown >= 0 ? means : MeansOfAnyKnown(values, group, count, first);
    }

    /// <summary>For a history so full of holes that no group is half known: the mean of what there is.</summary>
    private static double[] MeansOfAnyKnown(ReadOnlySpan<double> values, int group, int count, int first)
    {
        var means = new double[count];
        for (int g = 0; g < count; g++)
        {
            double sum = 0;
            int known = 0;
            foreach (double value in values.Slice(first + (g * group), group))
            {
                if (!double.IsNaN(value))
                {
                    sum += value;
                    known++;
                }
            }

            means[g] = known > 0 ? sum / known : double.NaN;
        }

        return means;
    }
}
