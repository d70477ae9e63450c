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
}
