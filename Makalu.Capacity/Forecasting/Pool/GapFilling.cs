namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// Fills unknown values by a season profile on a local level, both from the known values alone. The level is carried flat
/// beyond the first and last known value and straight across a gap.
/// </summary>
internal static class GapFilling
{
    private const int Passes = 3;

    /// <summary>A copy of <paramref name="values"/> without NaN; at least one value must be known.</summary>
    /// <param name="values">NaN where unknown.</param>
    /// <param name="seasons">The seasons in steps.</param>
    public static double[] Fill(ReadOnlySpan<double> values, Candidates.SeasonLengths seasons)
    {
        double[] filled = values.ToArray();
        if (!values.ContainsAnyNaN())
            return filled;

        int n = filled.Length;
        var level = new double[n];
        var fit = new double[n];
        var shape = new double[n];
        int shortSeason = seasons.Short > 0 && n >= 2 * seasons.Short ? seasons.Short : 0;
        int longSeason = seasons.Long > 0 && n >= 2 * seasons.Long ? seasons.Long : 0;
        int reach = Math.Max(1, seasons.Cycle / 2);
        for (int pass = 0; pass < (shortSeason > 0 ? Passes : 1); pass++)
        {
            LocalLevel(values, shape, reach, level);
            if (shortSeason == 0)
                break;

            for (int i = 0; i < n; i++)
            {
                fit[i] = level[i];
            }

            Array.Clear(shape);
            AddProfile(values, fit, shape, shortSeason, 0);
            if (longSeason > 0)
            {
                for (int i = 0; i < n; i++)
                {
                    fit[i] = level[i] + shape[i];
                }

                // One further observation's worth of belief in no difference from the short season.
                AddProfile(values, fit, shape, longSeason, 1);
            }
        }

        LocalLevel(values, shape, reach, level);
        for (int i = 0; i < n; i++)
        {
            if (double.IsNaN(filled[i]))
            {
                filled[i] = level[i] + shape[i];
            }
        }

        return filled;
    }

    private static bool ContainsAnyNaN(this ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            if (double.IsNaN(value))
                return true;
        }

        return false;
    }

    /// <summary>Adds the mean by season step of what <paramref name="fit"/> leaves of the values.</summary>
    private static void AddProfile(ReadOnlySpan<double> values, double[] fit, double[] shape, int season, double priorCount)
    {
        var sum = new double[season];
        var count = new double[season];
        int phase = 0;
        for (int i = 0; i < fit.Length; i++, phase = phase + 1 == season ? 0 : phase + 1)
        {
            if (!double.IsNaN(values[i]))
            {
                sum[phase] += values[i] - fit[i];
                count[phase]++;
            }
        }

        phase = 0;
        for (int i = 0; i < fit.Length; i++, phase = phase + 1 == season ? 0 : phase + 1)
        {
            if (count[phase] > 0)
            {
                shape[i] += sum[phase] / (count[phase] + priorCount);
            }
        }
    }

    /// <summary>The moving mean of the known values less their shape; between windows without a known value, a straight line.</summary>
    private static void LocalLevel(ReadOnlySpan<double> values, double[] shape, int reach, double[] level)
    {
        int n = level.Length;
        double sum = 0;
        int count = 0;
        for (int i = -reach; i < n; i++)
        {
            int enter = i + reach;
            if (enter < n && !double.IsNaN(values[enter]))
            {
                sum += values[enter] - shape[enter];
                count++;
            }

            int leave = i - reach - 1;
            if (leave >= 0 && !double.IsNaN(values[leave]))
            {
                sum -= values[leave] - shape[leave];
                count--;
            }

            if (i >= 0)
            {
                level[i] = count > 0 ? sum / count : double.NaN;
            }
        }

        Interpolate(level);
    }

    private static void Interpolate(Span<double> level)
    {
        int last = -1;
        for (int i = 0; i < level.Length; i++)
        {
            if (double.IsNaN(level[i]))
                continue;

            for (int j = last + 1; j < i; j++)
            {
                level[j] = last < 0 ? level[i] : level[last] + ((level[i] - level[last]) * (j - last) / (i - last));
            }

            last = i;
        }

        if (last >= 0)
        {
            level[(last + 1)..].Fill(level[last]);
        }
    }
}
