using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Campaigns;

/// <summary>
/// A history with campaigns whose amplitude law is known (kind, elasticity to the audience, weekend, scatter, drift), and a
/// planned campaign of which the truth is known too.
/// </summary>
internal sealed class SyntheticCampaigns
{
    private static readonly string[] _kinds = ["email", "tv", "influencer"];

    private readonly Dictionary<Campaign, double> _amplitudes = [];
    private readonly double[] _kindEffects;
    private readonly double _elasticity;
    private readonly double _weekend;
    private readonly double _scatter;
    private readonly RandomStream _random;
    private readonly double _mean;

    /// <summary>Draws a law, past campaigns over ten weeks, a planned one a day after the origin, and the traffic until two days after it.</summary>
    public SyntheticCampaigns(int seed, int pastCampaigns, double scatter = 0.2, double driftPerCampaign = 0)
    {
        _random = new RandomStream(seed, 1000);
        _scatter = scatter;
        _mean = 0.9 + (0.25 * _random.NextNormal());
        _kindEffects = [.. _kinds.Select(_ => 0.2 * _random.NextNormal())];
        _elasticity = 0.3 + (0.1 * _random.NextNormal());
        _weekend = 0.2 * _random.NextNormal();
        Origin = SyntheticShop.Monday.AddDays(70);
        for (int k = 0; k < pastCampaigns; k++)
        {
            double day = Math.Floor(7 + (62 * (k + (0.3 * _random.NextDouble())) / pastCampaigns));
            Draw(FormattableString.Invariant($"past {k}"), SyntheticShop.Monday.AddDays(day).AddHours(8 + _random.NextInt(11)));
            _mean += driftPerCampaign * _random.NextNormal();
        }

        Planned = Draw("planned", Origin.AddHours(24 + 8 + _random.NextInt(11)));
        Traffic = SyntheticShop.Rates(SyntheticShop.Monday, Step, (int)((Origin.AddDays(3) - SyntheticShop.Monday) / Step), Response, seed);
        Calendar = new CampaignCalendar(_amplitudes.Keys);
    }

    public static TimeSpan Step { get; } = TimeSpan.FromMinutes(15);

    public DateTimeOffset Origin { get; }

    public Campaign Planned { get; }

    public CampaignCalendar Calendar { get; }

    /// <summary>The traffic, past the origin too.</summary>
    public TimeSeries Traffic { get; }

    /// <summary>The true amplitude of a campaign on the logarithm of the traffic.</summary>
    public double AmplitudeOf(Campaign campaign) => _amplitudes[campaign];

    private Campaign Draw(string name, DateTimeOffset start)
    {
        int kind = _random.NextInt(_kinds.Length);
        double logAudience = Math.Log(10_000) + (Math.Log(30) * _random.NextDouble());
        var campaign = new Campaign(name, _kinds[kind], start, start.AddHours(2), [KeyValuePair.Create("audience", Math.Exp(logAudience).ToString("F0", CultureInfo.InvariantCulture))]);
        _amplitudes[campaign] = Math.Max(0.1, _mean + _kindEffects[kind] + (_elasticity * (logAudience - Math.Log(50_000)))
            + (start.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? _weekend : 0) + (_scatter * _random.NextNormal()));
        return campaign;
    }

    private double Response(DateTimeOffset time)
    {
        double sum = 0;
        foreach ((Campaign campaign, double amplitude) in _amplitudes)
        {
            if (time >= campaign.StartsAt && time < campaign.EndsAt.AddHours(6))
                sum += amplitude * SyntheticShop.Course(campaign, time);
        }

        return sum;
    }
}
