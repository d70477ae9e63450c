using System.Numerics;

namespace Makalu.Capacity.Campaigns;

/// <summary>Past campaigns as every point of the amplitude model's grid is fitted to them.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class AmplitudeData
{
    /// <summary>Days nearer than a second or so are one.</summary>
    private const double SameDay = 1e-5;

    private readonly double[] _rows;
    private readonly double[]? _variances;

    /// <summary>Creates the data.</summary>
    /// <param name="basis">The columns.</param>
    /// <param name="past">The past campaigns.</param>
    /// <param name="deviations">How far each came from the prior's mean.</param>
    /// <param name="variances">By how much more uncertain each is than scatter tells; none if null.</param>
    public AmplitudeData(AmplitudeBasis basis, ReadOnlySpan<AmplitudeFeatures> past, double[] deviations, double[]? variances)
    {
        Columns = basis.Count;
        Deviations = deviations;
        _variances = variances;
        _rows = new double[past.Length * Columns];
        DayOf = new int[past.Length];
        var sorted = new double[past.Length];
        for (int i = 0; i < past.Length; i++)
        {
            basis.Of(past[i]).CopyTo(_rows, i * Columns);
            sorted[i] = past[i].Day;
        }

        Array.Sort(sorted);
        var days = new List<double>();
        foreach (double day in sorted)
        {
            if (days.Count == 0 || day > days[^1] + SameDay)
                days.Add(day);
        }

        Days = [.. days];
        for (int i = 0; i < past.Length; i++)
        {
            int index = Array.BinarySearch(Days, past[i].Day);
            DayOf[i] = index >= 0 ? index : ~index - 1;
        }
    }

    public int Columns { get; }

    public double[] Deviations { get; }

    /// <summary>The days on which campaigns started, each once.</summary>
    public double[] Days { get; }

    /// <summary>Which of <see cref="Days"/> each campaign has.</summary>
    public int[] DayOf { get; }

    public double VarianceOf(int past) => _variances?[past] ?? 0;

    public ReadOnlySpan<double> Row(int past) => _rows.AsSpan(past * Columns, Columns);

    /// <summary>The products of all columns, transposed, with those of another matrix of as many rows; of a symmetric product the whole.</summary>
    public double[] ProductWith(double[] other)
    {
        int r = Columns, n = Deviations.Length, width = Vector<double>.Count;
        var product = new double[r * r];
        for (int a = 0; a < r; a++)
        {
            int b = 0;
            for (; b + width <= r; b += width)
            {
                Vector<double> sum = default, second = default;
                int i = 0;
                for (; i + 1 < n; i += 2)
                {
                    sum = Vector.FusedMultiplyAdd(new Vector<double>(_rows[(i * r) + a]), Vector.LoadUnsafe(ref other[(i * r) + b]), sum);
                    second = Vector.FusedMultiplyAdd(new Vector<double>(_rows[((i + 1) * r) + a]), Vector.LoadUnsafe(ref other[((i + 1) * r) + b]), second);
                }

                if (i < n)
                    sum = Vector.FusedMultiplyAdd(new Vector<double>(_rows[(i * r) + a]), Vector.LoadUnsafe(ref other[(i * r) + b]), sum);
                (sum + second).CopyTo(product, (a * r) + b);
            }

            for (; b < r; b++)
            {
                double sum = 0;
                for (int i = 0; i < n; i++)
                    sum += _rows[(i * r) + a] * other[(i * r) + b];
                product[(a * r) + b] = sum;
            }
        }

        return product;
    }
}
