using System.Numerics;
using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Candidates;

/// <summary>
/// Dynamic harmonic regression: sines and cosines of the day, the week and the year on the recent past, and an autoregression of
/// what remains (Hyndman and Athanasopoulos, <i>Forecasting: Principles and Practice</i>, 3rd edition, section 10.5).
/// </summary>
internal sealed class HarmonicRegressionCandidate : Candidate
{
    private const int ShortHarmonics = 8;
    private const int LongHarmonics = 6;
    private const int ModulatedHarmonics = 3;
    private const int YearHarmonics = 8;

    /// <summary>The history used, in weeks of short seasons, and the short seasons after which an observation counts 1 ÷ e of the newest.</summary>
    private const int WeeksUsed = 6;
    private const double Memory = 42;

    /// <summary>The ridge on every coefficient but the level's, as a part of the observations' weight.</summary>
    private const double Ridge = 1e-2;
    private const double AutoregressionRidge = 1e-3;

    public override string Name => "harmonics + autoregression";

    public override int MinimumHistory(SeasonLengths seasons) => seasons.Short < 4 ? int.MaxValue : Math.Max(2 * seasons.Profile, 6 * seasons.Short);

    public override double[] Forecast(in CandidateInput input)
    {
        SeasonLengths seasons = input.Seasons;
        double year = seasons.Year > 0 && input.Transformed.Length >= seasons.Year ? seasons.Year : 0;
        int most = WeeksUsed * Math.Max(seasons.Long, 7 * seasons.Short);
        ReadOnlySpan<double> values = year > 0 || input.Transformed.Length <= most ? input.Transformed : input.Transformed[^most..];
        double[] frequencies = Frequencies(seasons, year);
        int size = 2 + (2 * frequencies.Length);
        double[] regressors = Regressors(frequencies, values.Length, input.Horizon, size);
        double[]? coefficients = Regress(frequencies, regressors, values, size, year > 0 ? 2 * year : Memory * seasons.Short);
        var forecast = new double[input.Horizon];
        if (coefficients is null)
        {
            Array.Fill(forecast, values[^1]);
            return forecast;
        }

        var remainder = new double[values.Length];
        for (int t = 0; t < remainder.Length; t++)
        {
            remainder[t] = values[t] - TensorPrimitives.Dot<double>(regressors.AsSpan(t * size, size), coefficients);
        }

        int day = seasons.Short;
        int[] lags = seasons.Long > 0 && values.Length > 2 * seasons.Long ? [1, 2, 3, day - 1, day, day + 1, seasons.Long] : [1, 2, 3, day - 1, day, day + 1];
        double[] rest = Autoregression.Forecast(remainder, [.. lags.Distinct().Order()], input.Horizon, AutoregressionRidge);
        for (int h = 0; h < forecast.Length; h++)
        {
            forecast[h] = TensorPrimitives.Dot<double>(regressors.AsSpan((values.Length + h) * size, size), coefficients) + rest[h];
        }

        return forecast;
    }

    /// <summary>In cycles a step: the short season's harmonics, the long one's, the long one's on either side of the short one's (a day's shape that differs over the week), the year's.</summary>
    private static double[] Frequencies(SeasonLengths seasons, double year)
    {
        var frequencies = new List<double>();
        for (int k = 1; k <= Math.Min(ShortHarmonics, (seasons.Short - 1) / 2); k++)
        {
            frequencies.Add((double)k / seasons.Short);
        }

        int ratio = seasons.Long > 0 ? seasons.Long / seasons.Short : 0;
        for (int j = 1; j < Math.Min(ratio, LongHarmonics + 1); j++)
        {
            frequencies.Add((double)j / seasons.Long);
        }

        for (int k = 1; ratio > 4 && k <= ModulatedHarmonics; k++)
        {
            foreach (int beside in (ReadOnlySpan<int>)[-2, -1, 1, 2])
            {
                int j = (k * ratio) + beside;
                if (j > LongHarmonics && 2 * j < seasons.Long)
                {
                    frequencies.Add((double)j / seasons.Long);
                }
            }
        }

        for (int j = 1; year > 0 && j <= YearHarmonics; j++)
        {
            frequencies.Add(j / year);
        }

        return [.. frequencies];
    }

    /// <summary>A row for each step of history and horizon: a constant, a slope that ends at the origin, and the harmonics.</summary>
    private static double[] Regressors(double[] frequencies, int count, int horizon, int size)
    {
        var regressors = new double[(count + horizon) * size];
        (double Sin, double Cos)[] turns = [.. frequencies.Select(f => Math.SinCos(2 * Math.PI * f))];
        for (int t = 0; t < count + horizon; t++)
        {
            Span<double> row = regressors.AsSpan(t * size, size);
            int fromOrigin = t - (count - 1);
            row[0] = 1;
            row[1] = Math.Min(0, fromOrigin) / (double)count;
            for (int k = 0; k < frequencies.Length; k++)
            {
                if (t == 0)
                {
                    (row[3 + (2 * k)], row[2 + (2 * k)]) = Math.SinCos(2 * Math.PI * (frequencies[k] * fromOrigin % 1));
                    continue;
                }

                // Turned by one step; the error of thousands of turns is far below that of the data.
                ReadOnlySpan<double> before = regressors.AsSpan(((t - 1) * size) + 2 + (2 * k), 2);
                row[2 + (2 * k)] = (before[0] * turns[k].Cos) - (before[1] * turns[k].Sin);
                row[3 + (2 * k)] = (before[1] * turns[k].Cos) + (before[0] * turns[k].Sin);
            }
        }

        return regressors;
    }

    /// <summary>Least squares with weights e^(t ÷ memory) for t = 0 at the origin and less before it.</summary>
    private static double[]? Regress(double[] frequencies, double[] regressors, ReadOnlySpan<double> values, int size, double memory)
    {
        double[] gram = Gram(frequencies, values.Length, size, memory);
        var coefficients = new double[size];
        for (int t = 0; t < values.Length; t++)
        {
            double weight = Math.Exp((t - (values.Length - 1)) / memory);
            ReadOnlySpan<double> row = regressors.AsSpan(t * size, size);
            TensorPrimitives.MultiplyAdd(row, weight * values[t], coefficients, coefficients);
            Span<double> slope = gram.AsSpan(size, size);
            TensorPrimitives.MultiplyAdd(row, weight * row[1], slope, slope);
        }

        double total = gram[0];
        for (int i = 0; i < size; i++)
        {
            gram[(i * size) + 1] = gram[size + i];
        }

        for (int i = 0; i < size; i++)
        {
            gram[(i * size) + i] += (i == 0 ? 1e-9 : Ridge) * total;
        }

        if (!CholeskyFactorisation.TryFactorise(gram, size, size))
            return null;

        CholeskyFactorisation.Solve(gram, size, size, coefficients);
        return coefficients;
    }

    /// <summary>The weighted products of all regressors but the slope: products of harmonics are sums of harmonics, and those are geometric series.</summary>
    private static double[] Gram(double[] frequencies, int count, int size, double memory)
    {
        var gram = new double[size * size];
        double[] signed = [0, .. frequencies];
        for (int i = 0; i < signed.Length; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                Complex apart = Sum(signed[i] - signed[j]);
                Complex together = Sum(signed[i] + signed[j]);
                int a = i == 0 ? 0 : 2 * i;
                int b = j == 0 ? 0 : 2 * j;
                Set(a, b, 0.5 * (apart.Real + together.Real));
                if (i > 0)
                    Set(a + 1, b, 0.5 * (together.Imaginary + apart.Imaginary));
                if (j > 0)
                {
                    Set(a, b + 1, 0.5 * (together.Imaginary - apart.Imaginary));
                    Set(a + 1, b + 1, 0.5 * (apart.Real - together.Real));
                }
            }
        }

        return gram;

        // The sum over t = −(count − 1) to 0 of e^(t ÷ memory + 2πi·frequency·t).
        Complex Sum(double frequency)
        {
            Complex ratio = Complex.Exp(new Complex(-1 / memory, -2 * Math.PI * frequency));
            return (1 - Complex.Exp(new Complex(-count / memory, -2 * Math.PI * (frequency * count % 1)))) / (1 - ratio);
        }

        void Set(int row, int column, double value) => gram[(row * size) + column] = gram[(column * size) + row] = value;
    }
}
