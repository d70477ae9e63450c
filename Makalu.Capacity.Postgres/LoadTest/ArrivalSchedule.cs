using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Postgres.LoadTest;

/// <summary>
/// When the requests of one instance arrive, fixed before the first is sent: they come whether or not the server answers (an open loop),
/// and each is measured from the time at which it should have started, so that a slow server hides no wait (coordinated omission).
/// </summary>
internal static class ArrivalSchedule
{
    /// <summary>The part of the time for which the peak is held, between the forecast's rise and its fall.</summary>
    public const double HeldFrom = 0.25;
    public const double HeldTo = 0.75;

    private const int SwingStream = 1_000_003;
    private const double LargestSwing = 3;

    /// <summary>The arrivals of an instance in seconds from the start, ascending.</summary>
    /// <param name="specification">The instance.</param>
    /// <param name="load">Its load as a fraction of the planned peak.</param>
    public static double[] Of(WorkerSpecification specification, double load)
    {
        int level = (int)Math.Round(load * 1000);
        var random = new RandomStream(specification.Seed + level, specification.Instance);
        Swing swing = new(specification.RateVariation, specification.DurationSeconds, specification.Seed + level);
        double meanBurst = (specification.BurstDispersion + 1) / 2;
        double highest = specification.RequestsPerSecond * load * swing.Largest;
        var times = new List<double>((int)(specification.RequestsPerSecond * load * specification.DurationSeconds) + 64);
        if (highest <= 0)
            return [];

        for (double t = random.NextExponential() * meanBurst / highest; t < specification.DurationSeconds; t += random.NextExponential() * meanBurst / highest)
        {
            // Thinning (Lewis and Shedler 1979): the densest stream, of which each burst stays with the probability of its moment's rate.
            double place = t / specification.DurationSeconds;
            bool stays = random.NextDouble() < Height(specification.Profile, place) * swing.At(t) / swing.Largest;
            while (stays)
            {
                times.Add(t);
                stays = random.NextDouble() < 1 - (1 / meanBurst);
            }
        }

        return [.. times];
    }

    /// <summary>Whether a moment, as a fraction of the time, is at the held peak.</summary>
    public static bool IsPeak(double place) => place is >= HeldFrom and < HeldTo;

    /// <summary>The profile at a moment: the forecast's rise compressed into the first quarter, its peak held, its fall in the last quarter.</summary>
    public static double Height(double[] profile, double place)
    {
        if (IsPeak(place) || profile.Length == 0)
            return 1;

        int peak = Array.IndexOf(profile, profile.Max());
        double at = place < HeldFrom ? place / HeldFrom * peak : peak + ((place - HeldTo) / (1 - HeldTo) * (profile.Length - 1 - peak));
        int below = Math.Clamp((int)at, 0, profile.Length - 1);
        int above = Math.Min(below + 1, profile.Length - 1);
        return profile[below] + ((at - below) * (profile[above] - profile[below]));
    }

    /// <summary>A rate that is redrawn from a gamma distribution of mean 1 at exponential times of mean 1 s: the same for all instances.</summary>
    private sealed class Swing
    {
        private readonly List<(double From, double Factor)> _spans = [(0, 1)];

        public Swing(double variation, double duration, int seed)
        {
            if (variation < 1e-6)
                return;

            _spans.Clear();
            var random = new RandomStream(seed, SwingStream);
            for (double t = 0; t < duration; t += random.NextExponential())
            {
                _spans.Add((t, Math.Min(LargestSwing, random.NextGamma(1 / variation) * variation)));
            }
        }

        public double Largest => _spans.Max(span => span.Factor);

        public double At(double time) => _spans[_spans.FindLastIndex(span => span.From <= time)].Factor;
    }
}
