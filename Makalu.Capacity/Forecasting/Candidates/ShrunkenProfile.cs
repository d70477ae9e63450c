namespace Makalu.Capacity.Forecasting.Candidates;

/// <summary>
/// The robust profile over a long season as the sum of a mean short season, a level for each of its short seasons, and what remains of it, which
/// is shrunk by how far it stands out from the noise between seasons (James and Stein's shrinkage).
/// </summary>
internal static class ShrunkenProfile
{
    /// <summary>The profile, aligned to the origin like <see cref="SeasonProfile"/>.</summary>
    /// <param name="values">The history.</param>
    /// <param name="season">The long season.</param>
    /// <param name="day">The short season, which divides the long one.</param>
    /// <param name="cycles">The long seasons to use, all of which are there.</param>
    /// <param name="retention">The weight of a season relative to the one after it.</param>
    public static double[] Of(ReadOnlySpan<double> values, int season, int day, int cycles, double retention)
    {
        double[] profile = SeasonProfile.Of(values, season, cycles, retention, robust: true);
        Shrink(profile, day, NoiseVariance(values, profile, cycles, retention));
        return profile;
    }

    /// <summary>The variance of a profile's element, from the spread of the seasons about it once each day's own level is taken off.</summary>
    private static double NoiseVariance(ReadOnlySpan<double> values, double[] profile, int cycles, double retention)
    {
        if (cycles < 2)
            return 0;

        double[] remainder = SeasonProfile.Remainder(values[^(profile.Length * cycles)..], profile);
        double weights = 0;
        double squares = 0;
        double w = 1;
        for (int c = 0; c < cycles; c++)
        {
            weights += w;
            squares += w * w;
            w *= retention;
        }

        double effective = weights * weights / squares;
        double variance = System.Numerics.Tensors.TensorPrimitives.SumOfSquares<double>(remainder) / remainder.Length * cycles / (cycles - 1);
        return variance / effective;
    }

    private static void Shrink(Span<double> profile, int day, double noise)
    {
        int days = profile.Length / day;
        var byHour = new double[day];
        var byDay = new double[days];
        double mean = System.Numerics.Tensors.TensorPrimitives.Sum<double>(profile) / profile.Length;
        for (int i = 0; i < profile.Length; i++)
        {
            byHour[i % day] += (profile[i] - mean) / days;
            byDay[i / day] += (profile[i] - mean) / day;
        }

        double interaction = 0;
        for (int i = 0; i < profile.Length; i++)
        {
            double rest = profile[i] - mean - byHour[i % day] - byDay[i / day];
            interaction += rest * rest;
        }

        interaction /= (day - 1.0) * (days - 1);
        double keep = interaction > noise ? 1 - (noise / interaction) : 0;
        for (int i = 0; i < profile.Length; i++)
        {
            double main = mean + byHour[i % day] + byDay[i / day];
            profile[i] = main + (keep * (profile[i] - main));
        }
    }
}
