namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// The mean pinball loss of members over rolling origins, by day ahead and over the whole horizon: half of it at the median, half at the upper quantiles that are
/// asked for. A member's upper quantiles are its forecast plus the quantile of its own absolute errors at the same origins, as if they lay about it on either
/// side alike: errors of one side alone are few.
/// </summary>
internal sealed class MemberLosses
{
    /// <summary>The highest first.</summary>
    private static readonly double[] _upper = [0.99, 0.95, 0.9];

    private readonly Block[][] _byDay;
    private readonly Block[] _whole;
    private readonly double[] _originWeights;

    /// <param name="residuals">By origin, member and step; NaN where unknown. One origin or more, all of one length.</param>
    /// <param name="originWeights">The weight of each origin.</param>
    /// <param name="cycle">The steps of a day (or other short season).</param>
    public MemberLosses(double[][][] residuals, double[] originWeights, int cycle)
    {
        _originWeights = originWeights;
        int steps = residuals[0][0].Length;
        int members = residuals[0].Length;
        int days = Math.Max(1, steps / cycle);
        _whole = Blocks(0, steps);

        // The last day goes on to the end of what was judged.
        _byDay = days == 1 ? [_whole] : [.. Enumerable.Range(0, days).Select(d => Blocks(d * cycle, d == days - 1 ? steps : (d + 1) * cycle))];

        Block[] Blocks(int from, int to) => [.. Enumerable.Range(0, members).Select(m => new Block(residuals, m, from, to))];
    }

    /// <summary>The days that were judged apart; a horizon of less than two is one.</summary>
    public int Days => _byDay.Length;

    /// <summary>Each member's loss over the whole horizon.</summary>
    /// <param name="leftOut">The origin left out; −1 for none.</param>
    public double[] Whole(int leftOut) => [.. _whole.Select(block => block.Loss(_originWeights, leftOut))];

    /// <summary>Each member's loss on a day ahead; NaN where nothing of it was known.</summary>
    /// <param name="day">0 to <see cref="Days"/> − 1.</param>
    /// <param name="leftOut">The origin left out; −1 for none.</param>
    public double[] OfDay(int day, int leftOut) => [.. _byDay[day].Select(block => block.Loss(_originWeights, leftOut))];

    /// <summary>The errors of one member over some steps of all origins, the largest first.</summary>
    private sealed class Block
    {
        private readonly double[] _sizes;
        private readonly (double Error, int Origin)[] _errors;
        private readonly double[] _absolute;
        private readonly double[] _signed;
        private readonly int[] _counts;

        public Block(double[][][] residuals, int member, int from, int to)
        {
            _absolute = new double[residuals.Length];
            _signed = new double[residuals.Length];
            _counts = new int[residuals.Length];
            var errors = new List<(double Error, int Origin)>(residuals.Length * (to - from));
            for (int j = 0; j < residuals.Length; j++)
            {
                foreach (double error in residuals[j][member].AsSpan(from, to - from))
                {
                    if (double.IsNaN(error))
                        continue;

                    errors.Add((error, j));
                    _absolute[j] += Math.Abs(error);
                    _signed[j] += error;
                    _counts[j]++;
                }
            }

            _errors = [.. errors];
            _sizes = [.. errors.Select(e => -Math.Abs(e.Error))];
            Array.Sort(_sizes, _errors);
        }

        public double Loss(double[] originWeights, int leftOut)
        {
            double weight = 0, absolute = 0, signed = 0;
            for (int j = 0; j < originWeights.Length; j++)
            {
                if (j != leftOut)
                {
                    weight += originWeights[j] * _counts[j];
                    absolute += originWeights[j] * _absolute[j];
                    signed += originWeights[j] * _signed[j];
                }
            }

            if (weight == 0)
                return double.NaN;

            double upper = 0;
            double seen = 0, above = 0, sumAbove = 0;
            int next = 0;
            foreach (double probability in _upper)
            {
                // Of a law that is the same on either side, twice the tail lies beyond the quantile of the absolute error.
                double tail = 2 * (1 - probability) * weight;
                double quantile = 0;
                for (; next < _errors.Length; next++)
                {
                    (double error, int origin) = _errors[next];
                    if (origin == leftOut)
                        continue;

                    quantile = Math.Abs(error);
                    if (seen + originWeights[origin] > tail)
                        break;

                    seen += originWeights[origin];
                    above += error > 0 ? originWeights[origin] : 0;
                    sumAbove += error > 0 ? originWeights[origin] * error : 0;
                }

                upper += ((1 - probability) * ((quantile * weight) - signed)) + (sumAbove - (quantile * above));
            }

            return ((0.5 * 0.5 * absolute) + (0.5 * upper / _upper.Length)) / weight;
        }
    }
}
