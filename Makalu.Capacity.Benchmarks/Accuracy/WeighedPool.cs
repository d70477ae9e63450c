using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Series;
using MathNet.Numerics.Distributions;

namespace Makalu.Capacity.Benchmarks.Accuracy;

/// <summary>The pool's forecast of an hourly series by each of several ways to weigh its members; the last way is the pool's own.</summary>
internal sealed class WeighedPool
{
    private const double Retention = 0.93;

    private static readonly Func<Losses, double>[] _errors = [l => l.Absolute, l => l.Absolute, l => l.Equal, l => l.Pinball];
    private static readonly bool[] _byDay = [false, true, false, true];

    /// <summary>The names of the ways.</summary>
    public static IReadOnlyList<string> Rules { get; } = ["mean absolute error, whole horizon", "mean absolute error, half of it by the day ahead", "pinball loss at 0.5, 0.9, 0.95 and 0.99, whole horizon", "pinball loss, half at the median, half of it by the day ahead (taken)"];

    public static IReadOnlyList<double> Probabilities { get; } = [0.5, 0.9, 0.95, 0.99, 0.025, 0.975];

    public WeighedPool(TimeSeries history, int horizon)
    {
        PoolFit fit = new PoolModel(history, PoolMembers.Standard with { StaysOnLogarithm = true }).FitFor(horizon, CancellationToken.None);
        if (fit.Candidates.Length == 0)
        {
            Quantiles = [.. Rules.Select(_ => QuantilesOf(fit.Law))];
            return;
        }

        int cycle = fit.Seasons.Cycle;
        RollingOrigins origins = RollingOrigins.Choose(fit.Values.Length, horizon, fit.Seasons);
        double[][][] past = [.. origins.Counts.Select(n => CandidateForecasts.At(fit.Values, n, origins.Horizon, fit.Candidates, fit.Seasons, fit.Transform, fit.Outliers))];
        double[][] coming = CandidateForecasts.At(fit.Values, fit.Values.Length, horizon, fit.Candidates, fit.Seasons, fit.Transform, fit.Outliers);
        double[][] actual = [.. origins.Counts.Select(n => fit.Values[n..(n + origins.Horizon)])];
        double[][][] residuals = [.. past.Select((members, j) => members.Select(f => f.Select((v, h) => fit.Transform.Forward(actual[j][h]) - fit.Transform.Forward(v)).ToArray()).ToArray())];
        bool[] isForNoise = [.. fit.Candidates.Select(c => c.IsForNoise(fit.Seasons))];
        double share = PoolWeights.ShareForNoise(Enumerable.Range(0, isForNoise.Length).Where(m => !isForNoise[m]).Min(m => LossesOf(residuals, 0, origins.Horizon, -1, cycle)[m].Absolute));
        double[] shares = [.. isForNoise.Select(n => n ? share : 1)];
        Quantiles = [.. Rules.Select((_, rule) =>
        {
            double[][] Weights(int leftOut)
            {
                Losses[] whole = LossesOf(residuals, 0, origins.Horizon, leftOut, cycle);
                int days = Math.Max(1, origins.Horizon / cycle);
                return [.. Enumerable.Range(0, days).Select(d =>
                {
                    Losses[] day = LossesOf(residuals, d * cycle, d == days - 1 ? origins.Horizon : (d + 1) * cycle, leftOut, cycle);
                    return PoolWeights.FromErrors([.. whole.Zip(day, (w, of) => _byDay[rule] ? Math.Sqrt(_errors[rule](w) * _errors[rule](of)) : _errors[rule](w))], origins.Counts.Length - (leftOut < 0 ? 0 : 1), shares);
                })];
            }

            double[][] levels = [.. past.Select((forecasts, j) => CandidateForecasts.WeightedMean(forecasts, Weights(j), cycle))];
            double[][] errors = [.. levels.Select((level, j) => level.Select((v, h) => fit.Transform.Forward(actual[j][h]) - fit.Transform.Forward(v)).ToArray())];
            var distribution = ErrorDistribution.Estimate(errors, levels, origins.Counts, Math.Max(horizon, origins.Horizon), cycle);
            return QuantilesOf(new PathLaw(CandidateForecasts.WeightedMean(coming, Weights(-1), cycle), fit.Transform, distribution, fit.Values.Where(v => !double.IsNaN(v)).Max(), 0.45 + (0.3 * Math.Min(2, (double)horizon / fit.Values.Length))));
        })];
    }

    /// <summary>By rule and probability, a value for each step.</summary>
    public double[][][] Quantiles { get; }

    private static double[][] QuantilesOf(PathLaw law) => [.. Probabilities.Select(p => law.Centre.Select((_, h) => law.Value(h, StudentT.InvCDF(0, 1, law.DegreesOfFreedom, p))).ToArray())];

    /// <summary>Of each member, over some steps of all origins but one.</summary>
    private static Losses[] LossesOf(double[][][] residuals, int from, int to, int leftOut, int cycle)
    {
        int[] used = [.. Enumerable.Range(0, residuals.Length).Where(j => j != leftOut)];
        double[] weights = [.. used.Select(j => Math.Pow(Retention, j))];
        double[][][] errors = [.. used.Select(j => residuals[j].Select(r => r[from..to]).ToArray())];
        double[] pinball = new MemberLosses(errors, weights, cycle).Whole(leftOut: -1);
        return [.. pinball.Select((loss, m) =>
        {
            double sum = 0, count = 0;
            for (int j = 0; j < used.Length; j++)
            {
                foreach (double error in errors[j][m].Where(e => !double.IsNaN(e)))
                {
                    sum += weights[j] * Math.Abs(error);
                    count += weights[j];
                }
            }

            return new Losses(sum / count, loss);
        })];
    }

    /// <summary>A member's mean absolute error, and its pinball loss of which half is at the median.</summary>
    private sealed record Losses(double Absolute, double Pinball)
    {
        /// <summary>The pinball loss of which a quarter is at the median, and three at the upper quantiles.</summary>
        public double Equal => (1.5 * Pinball) - (0.25 * Absolute);
    }
}
