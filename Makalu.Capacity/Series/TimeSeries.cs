namespace Makalu.Capacity.Series;

/// <summary>
/// A regular time series: one value for each step of a fixed length, in UTC. A missing value is <see cref="double.NaN"/>,
/// never zero.
/// </summary>
/// <remarks>Immutable; safe to share between threads. The values are copied in and handed out read-only.</remarks>
public sealed class TimeSeries
{
    private readonly double[] _values;

    /// <summary>Creates a series that copies <paramref name="values"/>.</summary>
    /// <param name="start">The start of the first step; converted to UTC.</param>
    /// <param name="step">The length of a step; greater than zero.</param>
    /// <param name="values">One value per step, oldest first; NaN where unknown. May be empty.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="step"/> is not positive.</exception>
    /// <exception cref="ArgumentException">A value is infinite.</exception>
    public TimeSeries(DateTimeOffset start, TimeSpan step, ReadOnlySpan<double> values)
        : this(start, step, values.ToArray(), owned: true)
    {
    }

    private TimeSeries(DateTimeOffset start, TimeSpan step, double[] values, bool owned)
    {
        _ = owned;
        if (step <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(step), step, $"Step {step:c} must be greater than zero. Pass the length of one bucket, for example 00:01:00.");
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (double.IsInfinity(values[i]))
            {
                throw new ArgumentException(FormattableString.Invariant($"Value {i} is {values[i]}; values must be finite, or NaN where unknown."), nameof(values));
            }
        }

        Start = start.ToUniversalTime();
        Step = step;
        _values = values;
    }

    /// <summary>Takes ownership of <paramref name="values"/>, which the caller must not touch again.</summary>
    internal static TimeSeries FromOwned(DateTimeOffset start, TimeSpan step, double[] values) => new(start, step, values, owned: true);

    /// <summary>The start of the first step, UTC.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>The length of a step.</summary>
    public TimeSpan Step { get; }

    /// <summary>The number of steps, missing ones included.</summary>
    public int Count => _values.Length;

    /// <summary>The end of the last step, exclusive, UTC; equals <see cref="Start"/> for an empty series.</summary>
    public DateTimeOffset End => Start + (Step * Count);

    /// <summary>The values, oldest first; NaN where unknown.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>The value of step <paramref name="index"/>, NaN where unknown.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    public double this[int index] => _values[index];

    /// <summary>The number of steps whose value is unknown.</summary>
    public int MissingCount
    {
        get
        {
            int missing = 0;
            foreach (double value in _values)
            {
                if (double.IsNaN(value))
                {
                    missing++;
                }
            }

            return missing;
        }
    }

    /// <summary>The start of step <paramref name="index"/>, UTC; the index may lie outside the series.</summary>
    /// <param name="index">A step index; negative before the start, <see cref="Count"/> or more after the end.</param>
    public DateTimeOffset TimeAt(int index) => Start + (Step * index);

    /// <summary>The index of the step that contains <paramref name="time"/>; it may lie outside the series.</summary>
    /// <param name="time">Any time.</param>
    public int IndexOf(DateTimeOffset time)
    {
        long ticks = (time - Start).Ticks;
        long index = Math.DivRem(ticks, Step.Ticks, out long remainder);
        return checked((int)(remainder < 0 ? index - 1 : index));
    }

    /// <summary>The steps <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> − 1 as a series of their own.</summary>
    /// <param name="start">The first step, 0 to <see cref="Count"/>.</param>
    /// <param name="count">The number of steps.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the series.</exception>
    public TimeSeries Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + count, Count, nameof(count));
        return new TimeSeries(TimeAt(start), Step, _values.AsSpan(start, count));
    }

    /// <summary>
    /// The steps that end at or before <paramref name="origin"/>: all that may be known at that time. Nothing of a step that
    /// reaches past the origin is used.
    /// </summary>
    /// <param name="origin">The forecast's origin.</param>
    public TimeSeries Before(DateTimeOffset origin)
    {
        long steps = Math.Clamp((origin - Start).Ticks / Step.Ticks, 0, Count);
        return steps == Count ? this : Slice(0, (int)steps);
    }

    /// <summary>Each value multiplied by <paramref name="factor"/>, as for counts to rates.</summary>
    /// <param name="factor">A finite factor.</param>
    public TimeSeries Scale(double factor)
    {
        var scaled = new double[Count];
        for (int i = 0; i < scaled.Length; i++)
        {
            scaled[i] = _values[i] * factor;
        }

        return FromOwned(Start, Step, scaled);
    }

    /// <summary>
    /// The series with missing steps appended up to <paramref name="end"/>, so that a history that stops early reaches an origin.
    /// </summary>
    /// <param name="end">Where to end: the result ends at or less than a step before it. A time before <see cref="End"/> changes nothing.</param>
    public TimeSeries PadTo(DateTimeOffset end)
    {
        long missing = (end - End).Ticks / Step.Ticks;
        if (missing <= 0)
        {
            return this;
        }

        var padded = new double[checked(Count + (int)missing)];
        _values.CopyTo(padded, 0);
        padded.AsSpan(Count).Fill(double.NaN);
        return FromOwned(Start, Step, padded);
    }

    /// <summary>The series with its missing steps treated as <paramref name="policy"/> says.</summary>
    /// <param name="policy">What to do with missing steps.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="policy"/> is not defined.</exception>
    public TimeSeries FillGaps(GapPolicy policy) => policy switch
    {
        GapPolicy.LeaveMissing => this,
        GapPolicy.InterpolateBySeason => SeasonalInterpolation.Fill(this),
        _ => throw new ArgumentOutOfRangeException(nameof(policy), policy, $"Gap policy {policy} is not defined. Choose one of {string.Join(", ", Enum.GetNames<GapPolicy>())}."),
    };

    /// <summary>
    /// The sums over bins of a longer step, of which one ends at <paramref name="origin"/>. Nothing of a step that reaches past the
    /// origin is used.
    /// </summary>
    /// <param name="step">The length of a bin: a whole multiple of <see cref="Step"/>.</param>
    /// <param name="origin">
    /// Where a bin ends; where it lies within a step of this series, the bin ends at that step's start. It may lie after the end.
    /// </param>
    /// <returns>
    /// The bins up to the last that holds a step of this series. A bin of which at least half the steps are known is their sum
    /// scaled up to the whole bin, any other is NaN; a first bin that begins before this series and would be NaN is left out.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="step"/> is not a whole multiple of <see cref="Step"/>.</exception>
    public TimeSeries AggregateTo(TimeSpan step, DateTimeOffset origin) => Aggregate(step, origin, BinReduction.Sum);

    internal TimeSeries Aggregate(TimeSpan step, DateTimeOffset origin, BinReduction reduction)
    {
        TimeSeries known = Before(origin);
        long parts = Math.DivRem(step.Ticks, Step.Ticks, out long remainder);
        if (step <= TimeSpan.Zero || remainder != 0)
        {
            throw new ArgumentException($"Step {step:c} must be a whole multiple of the series' step {Step:c}. Pass a multiple, for example {Step * 5:c}.", nameof(step));
        }

        if (parts == 1 || known.Count == 0)
        {
            return parts == 1 ? known : FromOwned(Start, step, []);
        }

        // A bin boundary, in steps from the start: the start of the first bin, at or before the series' own start.
        long originIndex = (origin - Start).Ticks / Step.Ticks;
        long first = originIndex % parts;
        first = first > 0 ? first - parts : 0;
        int bins = (int)((known.Count - first + parts - 1) / parts);
        var values = new double[bins];
        for (int bin = 0; bin < bins; bin++)
        {
            long from = first + (bin * parts);
            int begin = (int)Math.Max(from, 0);
            values[bin] = Reduce(known.Values[begin..(int)Math.Min(from + parts, known.Count)], parts, reduction);
        }

        int skipped = first < 0 && double.IsNaN(values[0]) ? 1 : 0;
        return FromOwned(Start + (Step * (first + (skipped * parts))), step, values[skipped..]);
    }

    private static double Reduce(ReadOnlySpan<double> values, long parts, BinReduction reduction)
    {
        double sum = 0;
        double maximum = double.NegativeInfinity;
        int count = 0;
        foreach (double value in values)
        {
            if (!double.IsNaN(value))
            {
                sum += value;
                maximum = Math.Max(maximum, value);
                count++;
            }
        }

        return count == 0 || 2L * count < parts ? double.NaN : reduction switch
        {
            BinReduction.Sum => count == parts ? sum : sum * parts / count,
            BinReduction.Mean => sum / count,
            _ => maximum,
        };
    }
}
