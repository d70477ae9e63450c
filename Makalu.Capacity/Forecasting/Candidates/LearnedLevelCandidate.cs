using System.Numerics.Tensors;

namespace Makalu.Capacity.Forecasting.Candidates;

/// <summary>
/// The shape of the season on a level that is smoothed as slowly as would have been best (<see cref="LevelAtOrigin"/>), plus an autoregression of
/// what remains. The shape is the shrunken profile of the values less their mean over a season about them, so that growth has no part in it.
/// For noisy series whose level moves, where profiles of whole values follow late and single recent seasons carry their noise.
/// </summary>
internal sealed class LearnedLevelCandidate : Candidate
{
    /// <summary>Long seasons in the shape, and the weight of one relative to the one after it; without a long season as many days.</summary>
    private const int Cycles = 6;
    private const double Retention = 0.85;
    private const int DaysPerCycle = 4;

    private const int RemainderDays = 28;

    /// <summary>The half-life, in days, of the level about which the remainder is taken.</summary>
    private const double RemainderHalfLife = 2;
    private const double Ridge = 1e-3;

    public override string Name => "shape on a learned level";

    public override bool IsForNoise(SeasonLengths seasons) => true;

    public override int MinimumHistory(SeasonLengths seasons) => seasons.Short < 3 ? int.MaxValue : Math.Max((2 * seasons.Long) + seasons.Short, 5 * seasons.Short);

    public override double[] Forecast(in CandidateInput input)
    {
        int day = input.Seasons.Short;
        int season = input.Seasons.Profile;
        ReadOnlySpan<double> values = input.Transformed;
        double[] shape = Shape(LessMovingMean(values, season), input.Seasons);
        double[] deseasonalised = SeasonProfile.Remainder(values, shape);
        var known = new double[values.Length];
        Array.Fill(known, 1);
        double level = LevelAtOrigin.Of(deseasonalised, known, 1.0 / day);
        double[] remainder = LessLevel(deseasonalised.AsSpan()[^Math.Min(values.Length, RemainderDays * day)..], day);
        double[] forecast = Autoregression.Forecast(remainder, [1, 2, day], input.Horizon, Ridge);
        for (int h = 0; h < forecast.Length; h++)
        {
            forecast[h] += level + shape[h % season];
        }

        return forecast;
    }

    private static double[] Shape(double[] values, SeasonLengths seasons)
    {
        double[] shape = seasons.Long > 0
            ? ShrunkenProfile.Of(values, seasons.Long, seasons.Short, SeasonProfile.CyclesIn(values.Length, seasons.Long, Cycles), Retention)
            : SeasonProfile.Of(values, seasons.Short, Cycles * DaysPerCycle, Math.Pow(Retention, 1.0 / DaysPerCycle), robust: true);
        double mean = TensorPrimitives.Sum<double>(shape) / shape.Length;
        TensorPrimitives.Subtract(shape, mean, shape);
        return shape;
    }

    /// <summary>Each value less the mean of the season about it, or of the season nearest to that at the ends.</summary>
    private static double[] LessMovingMean(ReadOnlySpan<double> values, int season)
    {
        int n = values.Length;
        var sums = new double[n + 1];
        for (int i = 0; i < n; i++)
        {
            sums[i + 1] = sums[i] + values[i];
        }

        var less = new double[n];
        for (int i = 0; i < n; i++)
        {
            int from = Math.Clamp(i - (season / 2), 0, n - season);
            less[i] = values[i] - ((sums[from + season] - sums[from]) / season);
        }

        return less;
    }

    /// <summary>What an exponentially smoothed level did not foresee of each value.</summary>
    private static double[] LessLevel(ReadOnlySpan<double> values, int day)
    {
        double gain = 1 - Math.Pow(2, -1 / (RemainderHalfLife * day));
        double level = TensorPrimitives.Sum(values[..day]) / day;
        var less = new double[values.Length];
        for (int i = 0; i < less.Length; i++)
        {
            less[i] = values[i] - level;
            level += gain * less[i];
        }

        return less;
    }
}
