using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting;

/// <summary>The weekly level as trend and Fourier year by robust ridge regression, with the last weeks' deviation, which fades.</summary>
internal static class WeeklyRegression
{
    private const int Harmonics = 8;
    private const int Passes = 4;
    private const double HuberLimit = 2.5;
    private const double IndependentWeeks = 1.5;
    private const double TrendDeviation = 0.2;
    private const double TrendWeeks = 104.355;
    private const double WeeksPerYear = 52.1775;
    private const double YearsForSeason = 1.5;
    private const double LevelHalfLifeWeeks = 1;
    private const double LevelShrinkage = 1.0 / 7;
    private const double LevelDecayPerWeek = 0.9655;

    /// <summary>Forecasts the weeks from the origin on.</summary>
    public static double[] Forecast(WeeklyLevels levels, int horizon)
    {
        int n = levels.Count, harmonics = levels.Span >= YearsForSeason * WeeksPerYear ? Harmonics : 0, columns = 2 + (2 * harmonics);
        double[][] rows = [.. Enumerable.Range(0, n).Select(i => Row(levels.Weeks[i], harmonics))];
        var residuals = new double[n];
        var robust = new double[n];
        Array.Fill(robust, 1);
        double[] coefficients = [];
        double variance = 0.02;
        for (int pass = 0; pass < Passes; pass++)
        {
            var normal = new double[columns * columns];
            var right = new double[columns];
            for (int i = 0; i < n; i++)
            {
                double weight = levels.Weights[i] * robust[i] / (variance * IndependentWeeks);
                for (int c = 0; c < columns; c++)
                {
                    right[c] += weight * rows[i][c] * levels.Values[i];
                    for (int k = 0; k <= c; k++)
                        normal[(c * columns) + k] += weight * rows[i][c] * rows[i][k];
                }
            }

            for (int c = 0; c < columns; c++)
                normal[(c * columns) + c] += 1 / PriorVariance(c);
            if (!CholeskyFactorisation.TryFactorise(normal, columns, columns))
                throw new InvalidOperationException("The regressors of weekly levels are not finite.");
            CholeskyFactorisation.Solve(normal, columns, columns, right);
            coefficients = right;
            for (int i = 0; i < n; i++)
                residuals[i] = levels.Values[i] - TensorPrimitives.Dot<double>(rows[i], coefficients);
            variance = Reweigh(residuals, robust);
        }

        double level = LevelAtOrigin(levels, residuals, robust);
        return [.. Enumerable.Range(0, horizon).Select(h =>
            TensorPrimitives.Dot<double>(Row(h, harmonics), coefficients) + (level * Math.Pow(LevelDecayPerWeek, h + 0.5)))];
    }

    private static double Reweigh(double[] residuals, double[] robust)
    {
        double median = SampleQuantile.Median(residuals);
        double deviation = (1.4826 * SampleQuantile.Median(Array.ConvertAll(residuals, r => Math.Abs(r - median)))) + 0.01;
        for (int i = 0; i < robust.Length; i++)
            robust[i] = 1 / Math.Max(1, Math.Abs(residuals[i]) / (HuberLimit * deviation));
        return deviation * deviation;
    }

    private static double LevelAtOrigin(WeeklyLevels levels, double[] residuals, double[] robust)
    {
        double sum = 0, total = LevelShrinkage;
        for (int i = 0; i < residuals.Length; i++)
        {
            double weight = Math.Pow(2, (levels.Weeks[i] + 0.5) / LevelHalfLifeWeeks) * levels.Weights[i] * robust[i];
            sum += weight * residuals[i];
            total += weight;
        }

        return sum / total;
    }

    private static double PriorVariance(int column) => column switch
    {
        0 => 100,
        1 => TrendDeviation * TrendDeviation,
        _ => 0.25 / (column / 2),
    };

    private static double[] Row(int week, int harmonics)
    {
        var row = new double[2 + (2 * harmonics)];
        row[0] = 1;
        row[1] = (week + 0.5) / TrendWeeks;
        for (int k = 1; k <= harmonics; k++)
            (row[(2 * k) + 1], row[2 * k]) = Math.SinCos(2 * Math.PI * k * (week + 0.5) / WeeksPerYear);
        return row;
    }
}
