namespace Makalu.Capacity.Campaigns;

/// <summary>
/// How the traffic answers a campaign of one kind over time: piecewise linear on knots in response time, which runs in minutes
/// before the start, is scaled to the kind's typical duration inside the campaign, and runs in minutes again after its end. Its
/// maximum is 1, so that a campaign's amplitude is its largest effect on the logarithm of the traffic.
/// </summary>
internal sealed class ResponseProfile
{
    /// <summary>The distance of knots where steps of a minute or two resolve a push message or a television spot.</summary>
    private const double FinestMinutes = 5;

    private readonly double[] _knots;
    private readonly double[] _values;

    private ResponseProfile(double typicalMinutes, double[] knots, double[] values)
    {
        TypicalMinutes = typicalMinutes;
        _knots = knots;
        _values = values;
    }

    /// <summary>The typical duration of the kind, in minutes: the end of the campaign in response time.</summary>
    public double TypicalMinutes { get; }

    /// <summary>The decay after the end, in minutes.</summary>
    public double TailMinutes => _knots[^1] - TypicalMinutes;

    public ReadOnlySpan<double> Knots => _knots;

    public ReadOnlySpan<double> Values => _values;

    /// <summary>
    /// The profile that holds before any campaign of the kind was seen: a ramp to 0.3 in the half hour before the start, 0.4 to 1
    /// over the first third, flat until the end, and an exponential decay of an hour after it.
    /// </summary>
    public static ResponseProfile Prior(double typicalMinutes, TimeSpan step, ResponseReach reach)
    {
        double[] knots = Layout(typicalMinutes, reach, step);
        double[] values = Array.ConvertAll(knots, m => m < 0
            ? 0.3 * Math.Max(0, 1 + (m / 30))
            : m <= typicalMinutes
                ? Math.Min(1, 0.4 + (0.6 * m / Math.Max(0.3 * typicalMinutes, 1)))
                : Math.Exp((typicalMinutes - m) / 60));
        return new ResponseProfile(typicalMinutes, knots, values);
    }

    /// <summary>
    /// The profile of a kind never seen: what the other kinds have in common, phase by phase (before, during, after), and the
    /// prior as if it were one more kind.
    /// </summary>
    public static ResponseProfile Borrowed(double typicalMinutes, TimeSpan step, IReadOnlyCollection<ResponseProfile> others)
    {
        var reach = ResponseReach.Default(typicalMinutes);
        if (others.Count > 0)
            reach = new(Math.Max(reach.LeadMinutes, others.Average(o => -o._knots[0])), Math.Max(reach.TailMinutes, others.Average(o => o.TailMinutes)));
        ResponseProfile prior = Prior(typicalMinutes, step, reach);
        if (others.Count == 0)
            return prior;
        double[] values = new double[prior._knots.Length];
        for (int k = 0; k < values.Length; k++)
        {
            double minutes = prior._knots[k];
            values[k] = (prior._values[k] + others.Sum(o => o.At(o.ResponseTime(minutes, typicalMinutes)))) / (others.Count + 1);
        }

        double peak = values.Max();
        return prior.With(Array.ConvertAll(values, v => v / peak));
    }

    /// <summary>The same knots with other values.</summary>
    public ResponseProfile With(double[] values) => new(TypicalMinutes, _knots, values);

    /// <summary>From minutes since the start of a campaign of the given duration to response time.</summary>
    public double ResponseTime(double minutesSinceStart, double durationMinutes)
        => minutesSinceStart < 0 ? minutesSinceStart
            : minutesSinceStart < durationMinutes ? minutesSinceStart * TypicalMinutes / durationMinutes
            : TypicalMinutes + (minutesSinceStart - durationMinutes);

    /// <summary>The interval of knots that contains a response time and the weight of its upper knot; false outside the support.</summary>
    public bool TryLocate(double responseTime, out int lower, out double upperWeight)
    {
        if (!(responseTime >= _knots[0] && responseTime < _knots[^1]))
        {
            lower = 0;
            upperWeight = 0;
            return false;
        }

        int index = Array.BinarySearch(_knots, responseTime);
        lower = index >= 0 ? index : ~index - 1;
        upperWeight = (responseTime - _knots[lower]) / (_knots[lower + 1] - _knots[lower]);
        return true;
    }

    /// <summary>The profile at a response time; 0 outside its support.</summary>
    public double At(double responseTime)
        => TryLocate(responseTime, out int lower, out double weight)
            ? ((1 - weight) * _values[lower]) + (weight * _values[lower + 1])
            : 0;

    /// <summary>Knots each ten minutes (five where the steps are as fine), aligned to start and end, further apart far inside a long campaign and far after it.</summary>
    private static double[] Layout(double typicalMinutes, ResponseReach reach, TimeSpan step)
    {
        double finest = step.TotalMinutes <= 2 ? FinestMinutes : Math.Max(10, step.TotalMinutes);
        var knots = new List<double>();
        double lead = Math.Max(reach.LeadMinutes, finest);
        for (int i = (int)Math.Ceiling(lead / finest); i > 0; i--)
            knots.Add(-i * finest);
        knots.Add(0);
        AddSpan(knots, 0, typicalMinutes, finest);
        AddSpan(knots, typicalMinutes, Math.Max(reach.TailMinutes, finest), finest);
        return [.. knots];
    }

    private static void AddSpan(List<double> knots, double from, double length, double finest)
    {
        var widths = new List<double>();
        double width = finest, sum = 0;
        double widest = Math.Max(finest, length / 24);
        while (sum < length - (0.5 * width))
        {
            widths.Add(width);
            sum += width;
            width = sum >= 60 ? Math.Min(widest, width * 1.25) : width;
        }

        if (widths.Count == 0)
        {
            widths.Add(length);
            sum = length;
        }

        double at = from;
        foreach (double w in widths)
        {
            at += w * length / sum;
            knots.Add(at);
        }

        knots[^1] = from + length;
    }
}
