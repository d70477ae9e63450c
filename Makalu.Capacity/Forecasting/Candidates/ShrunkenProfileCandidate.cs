namespace Makalu.Capacity.Forecasting.Candidates;

/// <summary>
/// The profile over the long season as the sum of a mean short season, a level for each of its short seasons, and what
/// remains, the latter two shrunk by how far they stand out from the noise between seasons; plus an autoregression of the
/// remainder. For noisy series, whose plain profile carries the noise of few seasons.
/// </summary>
internal sealed class ShrunkenProfileCandidate : Candidate
{
    private const int Cycles = 8;
    private const double Retention = 0.9;
    private const double Ridge = 1e-3;

    public override string Name => "shrunken profile + autoregression";

    public override int MinimumHistory(SeasonLengths seasons) => seasons.Long == 0 || seasons.Short < 3 ? int.MaxValue : 2 * seasons.Long;

    public override double[] Forecast(in CandidateInput input)
    {
        int season = input.Seasons.Long;
        int day = input.Seasons.Short;
        ReadOnlySpan<double> values = input.Transformed;
        int cycles = SeasonProfile.CyclesIn(values.Length, season, Cycles);
        double[] profile = SeasonProfile.Of(values, season, cycles, Retention, robust: true);
        double noise = NoiseVariance(values, profile, cycles);
        Shrink(profile, day, noise);

        double[] remainder = SeasonProfile.Remainder(values[^(season * cycles)..], profile);
        double[] forecast = Autoregression.Forecast(remainder, [1, 2, day], input.Horizon, Ridge);
        for (int h = 0; h < forecast.Length; h++)
        {
            forecast[h] += profile[h % season];
        }

        return forecast;
    }

    /// <summary>The variance of a profile's element, from the spread of the seasons about it once each day's own level is taken off.</summary>
    private static double NoiseVariance(ReadOnlySpan<double> values, double[] profile, int cycles)
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
            w *= Retention;
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
