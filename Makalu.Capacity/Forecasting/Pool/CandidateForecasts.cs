using System.Numerics.Tensors;
using Makalu.Capacity.Forecasting.Candidates;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>The forecasts of every candidate from one origin, on the scale of the observations.</summary>
internal static class CandidateForecasts
{
    /// <summary>A forecast may leave the range of the history by this part of the range, on the transformed scale.</summary>
    private const double Beyond = 0.75;

    /// <summary>One forecast a candidate, which sees no outliers; nothing of <paramref name="values"/> after <paramref name="count"/> is looked at.</summary>
    public static double[][] At(ReadOnlySpan<double> values, int count, int horizon, Candidate[] candidates, SeasonLengths seasons, in ValueTransform transform, Outliers outliers)
    {
        int withheld = values.Length - count;
        values = outliers.Without(values[..count]);
        var transformed = new double[count];
        double least = double.PositiveInfinity;
        double most = double.NegativeInfinity;
        for (int i = 0; i < count; i++)
        {
            transformed[i] = double.IsNaN(values[i]) ? double.NaN : transform.Forward(values[i]);
            if (!double.IsNaN(values[i]))
            {
                least = Math.Min(least, transformed[i]);
                most = Math.Max(most, transformed[i]);
            }
        }

        if (least > most)
            return [];

        transformed = GapFilling.Fill(transformed, seasons);
        var observed = new double[count];
        for (int i = 0; i < count; i++)
        {
            observed[i] = double.IsNaN(values[i]) ? transform.Inverse(transformed[i]) : values[i];
        }

        var input = new CandidateInput { Transformed = transformed, Observed = observed, Seasons = seasons, Withheld = withheld, Horizon = horizon };
        double margin = Beyond * (most - least);
        var forecasts = new double[candidates.Length][];
        for (int m = 0; m < candidates.Length; m++)
        {
            double[] forecast = candidates[m].Forecast(input);
            for (int h = 0; h < forecast.Length; h++)
            {
                forecast[h] = candidates[m].OnOriginalScale
                    ? Math.Max(forecast[h], transform.Floor)
                    : transform.Inverse(Math.Clamp(forecast[h], least - margin, most + margin));
            }

            forecasts[m] = forecast;
        }

        return forecasts;
    }

    /// <param name="forecasts">One a member.</param>
    /// <param name="weights">The members' weights for each day ahead; the last one's for all days beyond.</param>
    /// <param name="cycle">The steps of a day (or other short season).</param>
    public static double[] WeightedMean(double[][] forecasts, double[][] weights, int cycle)
    {
        var mean = new double[forecasts[0].Length];
        for (int d = 0; d < weights.Length; d++)
        {
            int from = Math.Min(mean.Length, d * cycle);
            int to = d == weights.Length - 1 ? mean.Length : Math.Min(mean.Length, from + cycle);
            Span<double> day = mean.AsSpan(from, to - from);
            for (int m = 0; m < forecasts.Length; m++)
            {
                if (weights[d][m] > 0)
                {
                    TensorPrimitives.MultiplyAdd(forecasts[m].AsSpan(from, to - from), weights[d][m], day, day);
                }
            }
        }

        return mean;
    }

    /// <summary>The mean weight of each member over the steps of a horizon.</summary>
    public static double[] MeanWeights(double[][] weights, int horizon, int cycle)
    {
        var mean = new double[weights[0].Length];
        for (int h = 0; h < horizon; h++)
        {
            TensorPrimitives.Add(mean, weights[Math.Min(h / cycle, weights.Length - 1)], mean);
        }

        TensorPrimitives.Divide(mean, horizon, mean);
        return mean;
    }
}
