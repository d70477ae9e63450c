using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Cli.Sample;

/// <summary>
/// The sample's demand, simulated second by second over the history and the day of the launch after it: level with growth, week,
/// day, campaigns, bots, noise of three speeds, and counts that scatter more than a Poisson stream's.
/// </summary>
internal sealed class SampleTraffic
{
    private const double EveningRate = 430;
    private const double GrowthPerWeek = 0.01;
    private const double AttackRate = 1450;

    // Standard deviations on the log scale, and how long the noise remembers.
    private const double DriftDeviation = 0.03;
    private const double DriftMemoryMinutes = 3 * 24 * 60;
    private const double SwayDeviation = 0.04;
    private const double SwayMemoryMinutes = 120;
    private const double MinuteDeviation = 0.02;
    private const double AmplitudeDeviation = 0.06;

    // Coefficient of variation of the rate from second to second: dispersion of counts 1 + rate × 0.0036.
    private const double SecondVariation = 0.06;

    private const int MinutesPerDay = 24 * 60;
    private const int NoiseStream = 0;
    private const int AmplitudeStream = 1;
    private const int FirstDayStream = 1000;

    private readonly int _seed;
    private readonly double[] _rate;
    private readonly int[] _requests;
    private readonly int[] _peak;

    public SampleTraffic(int seed)
    {
        _seed = seed;
        var amplitudes = new RandomStream(seed, AmplitudeStream);
        Amplitudes = [.. SampleCalendar.Campaigns.Select(c => c.ExpectedAmplitude + (AmplitudeDeviation * amplitudes.NextNormal()))];
        _rate = Rates();
        _requests = new int[_rate.Length];
        _peak = new int[_rate.Length];
        Parallel.For(0, _rate.Length / MinutesPerDay, CountDay);
    }

    /// <summary>The true amplitude of each campaign of <see cref="SampleCalendar.Campaigns"/>: the logarithm of the factor at its top.</summary>
    public IReadOnlyList<double> Amplitudes { get; }

    /// <summary>Minutes from the start of the history to the end of the day of the launch.</summary>
    public int Minutes => _rate.Length;

    public static DateTimeOffset TimeOf(int minute) => SampleCalendar.HistoryStart.AddMinutes(minute);

    public static int MinuteOf(DateTimeOffset time) => (int)(time - SampleCalendar.HistoryStart).TotalMinutes;

    public int Requests(int minute) => _requests[minute];

    public int PeakRequestsPerSecond(int minute) => _peak[minute];

    /// <summary>The counts of each second of <paramref name="count"/> minutes from <paramref name="minute"/>, all of one UTC day: those the series sums up.</summary>
    public int[] Seconds(int minute, int count)
    {
        var seconds = new int[count * 60];
        int day = minute / MinutesPerDay;
        var random = new RandomStream(_seed, FirstDayStream + day);
        for (int m = day * MinutesPerDay; m < minute + count; m++)
        {
            for (int s = 0; s < 60; s++)
            {
                int drawn = Draw(random, _rate[m]);
                if (m >= minute)
                {
                    seconds[((m - minute) * 60) + s] = drawn;
                }
            }
        }

        return seconds;
    }

    private double[] Rates()
    {
        var random = new RandomStream(_seed, NoiseStream);
        var rate = new double[MinuteOf(SampleCalendar.HistoryEnd) + MinutesPerDay];
        double drift = DriftDeviation * random.NextNormal();
        double sway = SwayDeviation * random.NextNormal();
        for (int m = 0; m < rate.Length; m++)
        {
            DateTimeOffset time = TimeOf(m);
            drift = Remember(drift, DriftMemoryMinutes, DriftDeviation, random);
            sway = Remember(sway, SwayMemoryMinutes, SwayDeviation, random);
            double log = Math.Log(EveningRate) + (GrowthPerWeek * m / (7.0 * MinutesPerDay)) + DailyShape.LogAt(time)
                + drift + sway + (MinuteDeviation * random.NextNormal()) + CampaignEffect(time);
            bool attacked = time >= SampleCalendar.AttackStart && time < SampleCalendar.AttackEnd;
            rate[m] = Math.Exp(log) + (attacked ? AttackRate : 0);
        }

        return rate;
    }

    private double CampaignEffect(DateTimeOffset time)
    {
        double effect = 0;
        for (int i = 0; i < SampleCalendar.Campaigns.Count; i++)
        {
            SampleCampaign campaign = SampleCalendar.Campaigns[i];
            double since = (time - campaign.StartsAt).TotalMinutes;
            if (since >= 0 && since < MinutesPerDay)
            {
                effect += Amplitudes[i] * campaign.Response.At(since, (campaign.EndsAt - campaign.StartsAt).TotalMinutes);
            }
        }

        return effect;
    }

    private void CountDay(int day)
    {
        var random = new RandomStream(_seed, FirstDayStream + day);
        for (int m = day * MinutesPerDay; m < (day + 1) * MinutesPerDay; m++)
        {
            for (int s = 0; s < 60; s++)
            {
                int drawn = Draw(random, _rate[m]);
                _requests[m] += drawn;
                _peak[m] = Math.Max(_peak[m], drawn);
            }
        }
    }

    private static int Draw(RandomStream random, double rate)
    {
        const double Shape = 1 / (SecondVariation * SecondVariation);
        return (int)random.NextPoisson(rate * random.NextGamma(Shape) / Shape);
    }

    // An Ornstein–Uhlenbeck process sampled each minute.
    private static double Remember(double value, double memoryMinutes, double deviation, RandomStream random)
    {
        double kept = Math.Exp(-1 / memoryMinutes);
        return (kept * value) + (deviation * Math.Sqrt(1 - (kept * kept)) * random.NextNormal());
    }
}
