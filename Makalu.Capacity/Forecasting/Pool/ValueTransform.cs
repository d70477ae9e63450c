namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// The scale that candidates work on: the logarithm of a value plus an offset, where errors are relative and seasons multiply.
/// The offset is zero for a series well away from zero; with zeros or near-zeros it keeps the logarithm from making much of little.
/// </summary>
internal readonly record struct ValueTransform
{
    /// <summary>A series whose least value is below this part of its median needs an offset.</summary>
    private const double NearZero = 0.02;

    /// <summary>The offset as a part of the mean of the series.</summary>
    private const double OffsetShare = 0.05;

    private readonly double _offset;

    private ValueTransform(double offset, double floor)
    {
        _offset = offset;
        Floor = floor;
    }

    /// <summary>The least value a forecast may take on the scale of the observations.</summary>
    public double Floor { get; }

    /// <summary>The transform for a series.</summary>
    /// <param name="values">At least one known value; NaN where unknown; none negative.</param>
    public static ValueTransform For(ReadOnlySpan<double> values)
    {
        double least = double.PositiveInfinity;
        double sum = 0;
        int count = 0;
        foreach (double value in values)
        {
            if (!double.IsNaN(value))
            {
                least = Math.Min(least, value);
                sum += value;
                count++;
            }
        }

        double median = Numerics.SampleQuantile.Median(values);
        double mean = sum / count;
        return least > NearZero * median
            ? new ValueTransform(0, 0.05 * least)
            : new ValueTransform(mean > 0 ? OffsetShare * mean : 1, 0);
    }

    /// <summary>The scale in words, with values in requests per second.</summary>
    public string Describe() => _offset == 0
        ? "logarithm"
        : FormattableString.Invariant($"logarithm of the value + {_offset:0.####}");

    public double Forward(double value) => Math.Log(Math.Max(value, Floor) + _offset);

    public double Inverse(double transformed) => Math.Max(Math.Exp(transformed) - _offset, Floor);
}
