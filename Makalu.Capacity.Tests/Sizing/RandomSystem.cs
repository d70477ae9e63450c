using Makalu.Capacity.Numerics;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests.Sizing;

/// <summary>
/// A random system with the smallest pool that meets its target, found by a discrete-event simulation that shares no code with the
/// sizing: the ground truth for the pool sizer.
/// </summary>
/// <remarks>
/// Offered load 0.2 to 60 erlangs; exponential, lognormal and fixed holds of 5 to 300 ms; Poisson, batch, modulated (two-state and gamma)
/// and time-varying arrivals; targets of 20 to 200 ms at 0.5 to 5 %.
/// </remarks>
internal sealed class RandomSystem
{
    private static readonly string[] ArrivalKinds = ["poisson", "batch2", "batch4", "modulated2", "modulated4", "varying", "varying-batch2"];
    private static readonly double[] Waits = [0.02, 0.05, 0.05, 0.1, 0.2];
    private static readonly double[] Probabilities = [0.005, 0.01, 0.01, 0.02, 0.05];

    private readonly RandomStream _random;
    private double[] _arrivals = [];
    private double[] _holds = [];
    private bool[] _counted = [];

    public RandomSystem(int seed, int fewestArrivals)
        : this(seed, fewestArrivals, (seed % 3) switch { 0 => (0.2, 2.0), 1 => (2.0, 12.0), _ => (12.0, 60.0) }, ArrivalKinds)
    {
    }

    private RandomSystem(int seed, int fewestArrivals, (double Low, double High) erlangs, string[] arrivalKinds)
    {
        Seed = seed;
        _random = new RandomStream(seed, 77);
        double load = LogUniform(erlangs.Low, erlangs.High);
        HoldMean = LogUniform(0.005, 0.3);
        Rate = load / HoldMean;
        HoldKind = _random.NextInt(4) switch { 0 => "exponential", 3 => "fixed", _ => "lognormal" };
        Ratio = HoldKind switch { "exponential" => 2.9957, "fixed" => 1, _ => Uniform(1.4, 3.6) };
        Wait = Waits[_random.NextInt(5)];
        Probability = Probabilities[_random.NextInt(5)];
        ArrivalKind = arrivalKinds[seed / 3 % arrivalKinds.Length];
        Generate((int)Math.Clamp(Rate * 600, fewestArrivals, 5 * fewestArrivals));
        SmallestPool = FindSmallestPool((int)load + 1);
    }

    /// <summary>One of 200 to 3,000 erlangs. Without the time-varying arrivals: a swell of minutes at such rates is too many events.</summary>
    public static RandomSystem Large(int seed, int fewestArrivals) => new(seed, fewestArrivals, (200, 3000), ArrivalKinds[..5]);

    public int Seed { get; }

    public double HoldMean { get; }

    public double Rate { get; }

    public string HoldKind { get; }

    public double Ratio { get; }

    public double Wait { get; }

    public double Probability { get; }

    public string ArrivalKind { get; }

    public int SmallestPool { get; }

    private double DispersionAtOneSecond { get; set; } = 1;

    private double DispersionAtTenthOfSecond { get; set; } = 1;

    public ArrivalProcess Arrivals => ArrivalProcess.FromDispersion(Rate, DispersionAtOneSecond, DispersionAtTenthOfSecond);

    public HoldTime Hold => HoldTime.FromMeanAndP95(HoldMean, HoldMean * Ratio);

    public override string ToString() => FormattableString.Invariant($"seed {Seed}: {ArrivalKind} {Rate:0.#}/s, {HoldKind} {HoldMean * 1000:0.#} ms, {Rate * HoldMean:0.##} erlangs, P(W > {Wait * 1000} ms) ≤ {Probability}: {SmallestPool}");

    /// <summary>The part of the counted requests that wait too long with a pool.</summary>
    public double LateShare(int pool)
    {
        var free = new PriorityQueueOfTimes(pool);
        int late = 0;
        int counted = 0;
        for (int i = 0; i < _arrivals.Length; i++)
        {
            double start = Math.Max(_arrivals[i], free.Earliest);
            if (_counted[i])
            {
                counted++;
                if (start - _arrivals[i] > Wait)
                {
                    late++;
                }
            }

            free.ReplaceEarliest(start + _holds[i]);
        }

        return (double)late / counted;
    }

    private int FindSmallestPool(int guess)
    {
        int below = 0;
        int above = guess;
        while (LateShare(above) > Probability)
        {
            below = above;
            above += Math.Max(1, above / 3);
        }

        while (above - below > 1)
        {
            int middle = (below + above) / 2;
            (below, above) = LateShare(middle) > Probability ? (middle, above) : (below, middle);
        }

        return above;
    }

    private void Generate(int count)
    {
        var times = new List<double>(count + 64);
        var counted = new List<bool>();
        if (ArrivalKind.StartsWith("varying", StringComparison.Ordinal))
        {
            double dispersion = ArrivalKind == "varying" ? 1 : 2;
            DispersionAtOneSecond = DispersionAtTenthOfSecond = dispersion;
            Varying(times, counted, count, dispersion);
        }
        else
        {
            if (ArrivalKind.StartsWith("modulated", StringComparison.Ordinal))
            {
                Modulated(times, count, ArrivalKind[^1] - '0');
            }
            else
            {
                double dispersion = ArrivalKind == "poisson" ? 1 : ArrivalKind[^1] - '0';
                DispersionAtOneSecond = DispersionAtTenthOfSecond = dispersion;
                double mean = (dispersion + 1) / 2;
                for (double t = 0; times.Count < count;)
                {
                    t += _random.NextExponential() * mean / Rate;
                    AddBatch(times, t, mean);
                }
            }

            counted.AddRange(Enumerable.Range(0, times.Count).Select(i => i >= times.Count / 50));
        }

        _arrivals = [.. times];
        _counted = [.. counted];
        _holds = [.. times.Select(_ => NextHold())];
    }

    /// <summary>The middle quarter hour of a half-hour swell between 30 % and 100 % of the peak, repeated.</summary>
    private void Varying(List<double> times, List<bool> counted, int count, double dispersion)
    {
        const double Period = 1800;
        double mean = (dispersion + 1) / 2;
        double average = 0.3 + (0.35 * (1 + (Math.Sin(2 * Math.PI * 150 / Period) / (2 * Math.PI * 150 / Period))));
        double peak = Rate / average;
        int repetitions = Math.Max(3, (int)(count / (Rate * 300)));
        for (int r = 0; r < repetitions; r++)
        {
            for (double x = -300; ;)
            {
                x += _random.NextExponential() * mean / peak;
                if (x > 150)
                    break;

                if (_random.NextDouble() < 0.3 + (0.35 * (1 + Math.Cos(2 * Math.PI * x / Period))))
                {
                    int before = times.Count;
                    AddBatch(times, (r * 1e4) + x, mean);
                    counted.AddRange(Enumerable.Repeat(x > -150, times.Count - before));
                }
            }
        }
    }

    /// <summary>A Poisson stream whose rate is redrawn at random times so that the counts of one second have the given dispersion.</summary>
    private void Modulated(List<double> times, int count, double dispersion)
    {
        double changes = LogUniform(0.1, 10);
        bool twoStates = _random.NextInt(2) == 0;
        double swing = Math.Sqrt((dispersion - 1) / (Dispersion(1, 1, changes) - 1));
        swing = Math.Min(swing, twoStates ? 0.95 : 1);
        DispersionAtOneSecond = Dispersion(swing, 1, changes);
        DispersionAtTenthOfSecond = Dispersion(swing, 0.1, changes);
        bool high = _random.NextInt(2) == 0;
        double t = 0;
        while (times.Count < count)
        {
            double shape = 1 / (swing * swing);
            double rate = twoStates ? Rate * (high ? 1 + swing : 1 - swing) : Rate * _random.NextGamma(shape) / shape;
            double end = t + (_random.NextExponential() * (twoStates ? 2 : 1) / changes);
            high = !high;
            for (double u = t + (_random.NextExponential() / rate); u < end; u += _random.NextExponential() / rate)
            {
                times.Add(u);
            }

            t = end;
        }
    }

    private double Dispersion(double swing, double window, double changes)
        => 1 + (2 * Rate * swing * swing / changes * (1 - ((1 - Math.Exp(-changes * window)) / (changes * window))));

    private void AddBatch(List<double> times, double t, double mean)
    {
        do
        {
            times.Add(t);
        }
        while (_random.NextDouble() < 1 - (1 / mean));
    }

    private double NextHold()
    {
        if (HoldKind == "fixed")
            return HoldMean;

        if (HoldKind == "exponential")
            return HoldMean * _random.NextExponential();

        double sigma = 1.6449 - Math.Sqrt((1.6449 * 1.6449) - (2 * Math.Log(Ratio)));
        return HoldMean * Math.Exp((sigma * _random.NextNormal()) - (sigma * sigma / 2));
    }

    private double Uniform(double low, double high) => low + ((high - low) * _random.NextDouble());

    private double LogUniform(double low, double high) => Math.Exp(Uniform(Math.Log(low), Math.Log(high)));

    private sealed class PriorityQueueOfTimes(int size)
    {
        private readonly double[] _tree = [.. Enumerable.Repeat(double.NegativeInfinity, size)];

        public double Earliest => _tree[0];

        public void ReplaceEarliest(double time)
        {
            int at = 0;
            int next = 1;
            while (next < _tree.Length)
            {
                int other = next + 1;
                if (other < _tree.Length && _tree[other] < _tree[next])
                {
                    next = other;
                }

                if (_tree[next] >= time)
                    break;

                _tree[at] = _tree[next];
                at = next;
                next = (2 * at) + 1;
            }

            _tree[at] = time;
        }
    }
}
