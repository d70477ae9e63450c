namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>The errors of the candidates at each rolling origin, on the transformed scale.</summary>
internal sealed class OriginErrors
{
    /// <summary>The weight of an origin relative to the one after it: what a member did lately counts for more.</summary>
    private const double Retention = 0.93;

    private readonly double[][] _actual;
    private readonly double[][][] _forecasts;
    private readonly double[][] _absolute;
    private readonly ValueTransform _transform;
    private readonly double[] _shares;
    private readonly int _cycle;
    private readonly Lazy<MemberLosses> _losses;

    /// <param name="values">The history.</param>
    /// <param name="origins">The origins.</param>
    /// <param name="forecasts">For each origin the forecasts of each candidate; empty where nothing was known before the origin.</param>
    /// <param name="transform">The scale on which errors are measured.</param>
    /// <param name="shares">What each candidate's weight is multiplied with; empty for 1.</param>
    /// <param name="cycle">The steps of a day (or other short season), for each of which ahead weights are chosen.</param>
    public OriginErrors(ReadOnlySpan<double> values, RollingOrigins origins, ReadOnlySpan<double[][]> forecasts, ValueTransform transform, double[] shares, int cycle)
    {
        _transform = transform;
        _cycle = cycle;
        _shares = shares;
        var actual = new List<double[]>();
        var kept = new List<double[][]>();
        var absolute = new List<double[]>();
        var residuals = new List<double[][]>();
        var counts = new List<int>();
        for (int j = 0; j < forecasts.Length; j++)
        {
            double[][] atOrigin = forecasts[j];
            var truth = new double[origins.Horizon];
            int known = 0;
            for (int h = 0; h < truth.Length; h++)
            {
                double value = values[origins.Counts[j] + h];
                truth[h] = double.IsNaN(value) ? double.NaN : transform.Forward(value);
                known += double.IsNaN(value) ? 0 : 1;
            }

            if (atOrigin.Length == 0 || 4 * known < truth.Length)
                continue;

            var errors = new double[atOrigin.Length];
            var residual = new double[atOrigin.Length][];
            for (int m = 0; m < errors.Length; m++)
            {
                double sum = 0;
                residual[m] = new double[truth.Length];
                for (int h = 0; h < truth.Length; h++)
                {
                    residual[m][h] = double.IsNaN(truth[h]) ? double.NaN : truth[h] - transform.Forward(atOrigin[m][h]);
                    sum += double.IsNaN(truth[h]) ? 0 : Math.Abs(residual[m][h]);
                }

                errors[m] = sum / known;
            }

            actual.Add(truth);
            kept.Add(atOrigin);
            absolute.Add(errors);
            residuals.Add(residual);
            counts.Add(origins.Counts[j]);
        }

        _actual = [.. actual];
        _forecasts = [.. kept];
        _absolute = [.. absolute];
        Counts = [.. counts];
        _losses = new(() => new MemberLosses([.. residuals], [.. residuals.Select((_, j) => Math.Pow(Retention, j))], cycle));
    }

    /// <summary>The scale on which errors are measured.</summary>
    public ValueTransform Transform => _transform;

    /// <summary>The values before each origin at which something was known before and after.</summary>
    public int[] Counts { get; }

    /// <summary>The number of origins at which something was known before and after.</summary>
    public int Count => _actual.Length;

    /// <summary>The mean error of each candidate over the origins, without the one left out (−1: none).</summary>
    public double[] MeanOver(int leftOut)
    {
        var mean = new double[_absolute[0].Length];
        double count = 0;
        double weight = 1;
        for (int j = 0; j < Count; j++, weight *= Retention)
        {
            if (j == leftOut)
                continue;

            count += weight;
            for (int m = 0; m < mean.Length; m++)
            {
                mean[m] += weight * _absolute[j][m];
            }
        }

        for (int m = 0; m < mean.Length; m++)
        {
            mean[m] /= count;
        }

        return mean;
    }

    /// <summary>The pinball loss of each candidate over the origins and the whole judged horizon, on the transformed scale.</summary>
    public double[] Losses() => _losses.Value.Whole(leftOut: -1);

    /// <summary>
    /// The candidates' weights for each day ahead, without their losses at the origin left out (−1: none). Half of the evidence, as a geometric mean, is the day's own, half the whole
    /// horizon's.
    /// </summary>
    public double[][] Weights(int leftOut)
    {
        MemberLosses losses = _losses.Value;
        int origins = leftOut < 0 ? Count : Count - 1;
        double[] whole = losses.Whole(leftOut);
        var weights = new double[losses.Days][];
        for (int d = 0; d < weights.Length; d++)
        {
            double[] loss = losses.OfDay(d, leftOut);
            for (int m = 0; m < loss.Length; m++)
            {
                loss[m] = double.IsNaN(loss[m]) ? whole[m] : Math.Sqrt(loss[m] * whole[m]);
            }

            weights[d] = PoolWeights.FromErrors(loss, origins, _shares);
        }

        return weights;
    }

    /// <summary>The weighted mean of forecasts.</summary>
    /// <param name="forecasts">One a candidate.</param>
    /// <param name="weights">For each day ahead; the last one's for all days beyond.</param>
    public double[] Pooled(double[][] forecasts, double[][] weights) => CandidateForecasts.WeightedMean(forecasts, weights, _cycle);

    /// <summary>The pool's residual at each origin and step, with weights that do not know that origin; NaN where the truth is unknown.</summary>
    /// <param name="levels">The pool's forecasts at each origin, on the scale of the observations.</param>
    public double[][] PoolResiduals(out double[][] levels)
    {
        var residuals = new double[Count][];
        levels = new double[Count][];
        for (int j = 0; j < Count; j++)
        {
            double[] pool = Pooled(_forecasts[j], Weights(leftOut: j));
            var residual = new double[pool.Length];
            for (int h = 0; h < residual.Length; h++)
            {
                residual[h] = _actual[j][h] - _transform.Forward(pool[h]);
            }

            residuals[j] = residual;
            levels[j] = pool;
        }

        return residuals;
    }
}
