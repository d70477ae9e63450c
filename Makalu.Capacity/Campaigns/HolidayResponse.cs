using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Campaigns;

/// <summary>
/// What holidays do, learned from past ones as one Gaussian process (Rasmussen and Williams, Gaussian Processes for Machine Learning,
/// 2006, chapter 2) over their hours: part of the way from a weekday to a Sunday, what all holidays share, what a feast brings each
/// year, and the luck of the day. How far feasts differ and days scatter is averaged over a grid by marginal likelihood. One past
/// occurrence counts about half; a feast never seen is half a Sunday with a wide interval.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class HolidayResponse
{
    private const double SundayShare = 0.5;
    private const double SundayShareDeviation = 0.4;
    private const double SharedDeviation = 0.25;
    private const double OtherDayCorrelation = 0.5;
    private const double HourlyShare = 0.4;
    private const double HourSmoothness = 0.7;
    private const int MostHours = 960;
    private const double SmallestWeight = 0.01;

    private static readonly (double Deviation, double Weight)[] _feasts = [(0.1, 0.3), (0.25, 0.4), (0.5, 0.3)];
    private static readonly (double Deviation, double Weight)[] _days = [(0.03, 0.25), (0.08, 0.3), (0.18, 0.3), (0.35, 0.15)];

    private readonly HolidayHour[] _past;
    private readonly Component[] _components;

    private HolidayResponse(HolidayHour[] past, Component[] components)
    {
        _past = past;
        _components = components;
    }

    /// <summary>Learns from past holidays; none leaves the prior.</summary>
    /// <param name="past">The hours of past holidays with how far the logarithm of their traffic was from that of an ordinary day, oldest first.</param>
    /// <param name="noiseDeviation">The standard deviation of an ordinary hour.</param>
    public static HolidayResponse Fit(IReadOnlyList<(HolidayHour Hour, double Deviation)> past, double noiseDeviation)
    {
        (HolidayHour Hour, double Deviation)[] used = [.. past.Skip(Math.Max(0, past.Count - MostHours))];
        HolidayHour[] hours = Array.ConvertAll(used, u => u.Hour);
        double[] gaps = Array.ConvertAll(used, u => u.Deviation - (SundayShare * u.Hour.SundayGap));
        double noise = (noiseDeviation * noiseDeviation) + 1e-4;
        var components = new List<Component>();
        foreach ((double feast, double feastWeight) in _feasts)
        {
            foreach ((double day, double dayWeight) in _days)
                components.Add(Component.Of(hours, gaps, feast, day, noise, Math.Log(feastWeight * dayWeight)));
        }

        double highest = components.Max(c => c.LogWeight);
        Component[] kept = [.. components.Where(c => Math.Exp(c.LogWeight - highest) >= SmallestWeight)];
        double total = kept.Sum(c => Math.Exp(c.LogWeight - highest));
        foreach (Component component in kept)
            component.Weight = Math.Exp(component.LogWeight - highest) / total;
        return new HolidayResponse(hours, kept);
    }

    /// <summary>The effect of a holiday to come, its hours drawn together.</summary>
    public HolidayEffect Predict(HolidayHour[] hours) => new(Array.ConvertAll(_components, c => c.Predict(_past, hours)));

    private static double Covariance(in HolidayHour a, in HolidayHour b, double feast, double day)
    {
        double sine = Math.Sin(Math.PI * (a.Hour - b.Hour) / 24.0);
        double hourly = 1 - HourlyShare + (HourlyShare * Math.Exp(-2 * sine * sine / (HourSmoothness * HourSmoothness)));
        double value = SharedDeviation * SharedDeviation;
        if (string.Equals(a.Feast, b.Feast, StringComparison.Ordinal))
            value += feast * feast * (a.Position == b.Position ? 1 : OtherDayCorrelation);
        if (a.Day == b.Day)
            value += day * day;
        return (hourly * value) + (SundayShareDeviation * SundayShareDeviation * a.SundayGap * b.SundayGap);
    }

    private sealed class Component
    {
        private readonly double[] _factor;
        private readonly double[] _coefficients;
        private readonly double _feast;
        private readonly double _day;

        private Component(double[] factor, double[] coefficients, double feast, double day, double logWeight)
        {
            _factor = factor;
            _coefficients = coefficients;
            _feast = feast;
            _day = day;
            LogWeight = logWeight;
        }

        public double LogWeight { get; }

        public double Weight { get; set; }

        public static Component Of(HolidayHour[] past, double[] gaps, double feast, double day, double noise, double logPrior)
        {
            double[] factor = Factorise(past, feast, day, noise);
            double[] coefficients = [.. gaps];
            CholeskyFactorisation.Solve(factor, past.Length, past.Length, coefficients);
            for (int i = 0; i < past.Length; i++)
                logPrior -= (0.5 * gaps[i] * coefficients[i]) + Math.Log(factor[(i * past.Length) + i]);
            return new Component(factor, coefficients, feast, day, logPrior);
        }

        public (double Weight, double[] Means, double[] Factor) Predict(HolidayHour[] past, HolidayHour[] hours)
        {
            int n = past.Length, m = hours.Length;
            var means = new double[m];
            var similar = new double[m][];
            var solved = new double[m][];
            for (int a = 0; a < m; a++)
            {
                similar[a] = new double[n];
                for (int i = 0; i < n; i++)
                    similar[a][i] = Covariance(hours[a], past[i], _feast, _day);
                means[a] = (SundayShare * hours[a].SundayGap) + TensorPrimitives.Dot<double>(similar[a], _coefficients);
                solved[a] = [.. similar[a]];
                CholeskyFactorisation.Solve(_factor, n, n, solved[a]);
            }

            var spread = new double[m * m];
            for (int a = 0; a < m; a++)
            {
                for (int b = 0; b <= a; b++)
                    spread[(a * m) + b] = Covariance(hours[a], hours[b], _feast, _day) - TensorPrimitives.Dot<double>(similar[a], solved[b]);
                spread[(a * m) + a] += 1e-6;
            }

            return CholeskyFactorisation.TryFactorise(spread, m, m)
                ? (Weight, means, spread)
                : throw new InvalidOperationException("The covariance of a holiday's hours is not positive definite.");
        }

        private static double[] Factorise(HolidayHour[] hours, double feast, double day, double noise)
        {
            int n = hours.Length;
            var matrix = new double[n * n];
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j <= i; j++)
                    matrix[(i * n) + j] = Covariance(hours[i], hours[j], feast, day);
                matrix[(i * n) + i] += noise;
            }

            return CholeskyFactorisation.TryFactorise(matrix, n, n)
                ? matrix
                : throw new InvalidOperationException("The covariance of past holidays is not positive definite.");
        }
    }
}
