namespace Makalu.Capacity.Cli.Sample;

/// <summary>How the demand answers campaigns of one kind: the law of the amplitude and the course over time (docs/sample.md).</summary>
/// <param name="Intercept">The amplitude (logarithm of the factor at the top) for 100,000 people reached on a working day.</param>
/// <param name="LagMinutes">Minutes from the start to the first effect.</param>
/// <param name="RiseMinutes">Time constant of the onset.</param>
/// <param name="DecayMinutes">Time constant of the decay while the campaign lasts.</param>
/// <param name="Plateau">The part of the effect that does not decay while the campaign lasts.</param>
internal sealed record CampaignResponse(double Intercept, double LagMinutes, double RiseMinutes, double DecayMinutes, double Plateau)
{
    private const double AudienceExponent = 0.6;
    private const double WeekendBonus = 0.08;
    private const double AfterEndMinutes = 25;

    private readonly double _maximum = Enumerable.Range(0, 24 * 60).Max(m => Course(m, LagMinutes, RiseMinutes, DecayMinutes, Plateau));

    public static CampaignResponse Email { get; } = new(Intercept: 0.80, LagMinutes: 0, RiseMinutes: 4, DecayMinutes: 60, Plateau: 0.25);

    public static CampaignResponse Television { get; } = new(Intercept: 0.30, LagMinutes: 6, RiseMinutes: 5, DecayMinutes: 35, Plateau: 0.15);

    public static CampaignResponse Influencer { get; } = new(Intercept: 0.45, LagMinutes: 2, RiseMinutes: 20, DecayMinutes: 90, Plateau: 0.30);

    /// <summary>The amplitude that the law expects, without the noise of the single campaign.</summary>
    public double ExpectedAmplitude(double audience, bool weekend)
        => Intercept + (AudienceExponent * Math.Log(audience / 100_000)) + (weekend ? WeekendBonus : 0);

    /// <summary>The effect relative to its top, 0 to 1.</summary>
    public double At(double minutesSinceStart, double durationMinutes)
    {
        double course = Course(minutesSinceStart, LagMinutes, RiseMinutes, DecayMinutes, Plateau) / _maximum;
        double overtime = minutesSinceStart - durationMinutes;
        return overtime > 0 ? course * Math.Exp(-overtime / AfterEndMinutes) : course;
    }

    private static double Course(double minutes, double lag, double rise, double decay, double plateau)
    {
        double t = minutes - lag;
        return t <= 0 ? 0 : (1 - Math.Exp(-t / rise)) * (plateau + ((1 - plateau) * Math.Exp(-t / decay)));
    }
}
