using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// What happens within a working step: the slope between neighbouring values, a shape that repeats with the hour and the day,
/// and the noise of the single steps, which is drawn from the history in whole working steps so that its own correlation is kept, each turned by a random
/// number of steps: what came at one minute of an hour may come at any, as large as that minute's noise is, and every step is drawn from as many values as there are.
/// </summary>
internal sealed class FineVariation
{
    /// <summary>Working steps of this many days are donors of noise.</summary>
    private const int DonorDays = 42;
    private const int FewestDonors = 12;

    /// <summary>Donors without a difference between the steps of a group that the evidence for one is weighed against.</summary>
    private const double PriorDonors = 30;

    private readonly int _group;
    private readonly int _season;
    private readonly double[] _means;
    private readonly double[] _shape;
    private readonly double[] _noise;
    private readonly double[] _position;
    private readonly double[] _donorSpread;
    private readonly int[][] _donors;
    private readonly double _varianceAtUnitLevel;
    private readonly double _varianceFloor;

    private FineVariation(int group, int season, double[] means, double[] shape, double[] noise, double[] position, double[] donorSpread, int[][] donors, double varianceAtUnitLevel, double varianceFloor)
    {
        _group = group;
        _season = season;
        _means = means;
        _shape = shape;
        _noise = noise;
        _position = position;
        _donorSpread = donorSpread;
        _donors = donors;
        _varianceAtUnitLevel = varianceAtUnitLevel;
        _varianceFloor = varianceFloor;
    }

    /// <param name="values">The series at its own step; NaN where unknown.</param>
    /// <param name="means">Its means over groups, counted back from the end.</param>
    /// <param name="group">The steps of a group.</param>
    /// <param name="season">The groups of the short season; 0 without one.</param>
    public static FineVariation Learn(ReadOnlySpan<double> values, ReadOnlySpan<double> means, int group, int season)
    {
        int count = means.Length;
        int first = values.Length - (count * group);
        double[] ratio = Ratios(values[first..], means, group);
        int phases = Math.Max(season, 1);
        double[] shape = FineShape.Learn(ratio, group, phases);

        // Phase 0 of the shape is the first step after the origin.
        int groupPhase = (phases - (count % phases)) % phases;
        var donors = new List<int>[phases];
        for (int phase = 0; phase < phases; phase++)
        {
            donors[phase] = [];
        }

        var spread = new double[count];
        double inverseLevel = 0;
        double inverseLevelSquare = 0;
        double square = 0;
        double product = 0;
        int used = 0;
        int oldest = Math.Max(0, count - (season > 0 ? DonorDays * season : count));
        for (int g = oldest; g < count; g++)
        {
            int phase = (g + groupPhase) % phases;
            Span<double> block = ratio.AsSpan(g * group, group);
            double variance = 0;
            bool whole = means[g] > 0;
            for (int i = 0; i < group && whole; i++)
            {
                block[i] = (block[i] / shape[(phase * group) + i]) - 1;
                variance += block[i] * block[i] / group;
                whole = !double.IsNaN(block[i]);
            }

            if (!whole)
                continue;

            donors[phase].Add(g);
            double inverse = 1 / means[g];
            spread[g] = inverse;
            inverseLevel += inverse;
            inverseLevelSquare += inverse * inverse;
            square += variance;
            product += variance * inverse;
            used++;
        }

        (double atUnitLevel, double floor) = VarianceLaw(used, inverseLevel, inverseLevelSquare, square, product);
        for (int g = oldest; g < count; g++)
        {
            spread[g] = Math.Sqrt((atUnitLevel * spread[g]) + floor);
        }

        return new FineVariation(group, season, means.ToArray(), shape, ratio, TakePosition(ratio, donors, group), spread, Neighbourhoods(donors, spread), atUnitLevel, floor);
    }

    /// <summary>Fills a path at the fine step from one at the working step.</summary>
    /// <param name="workingPath">The path to refine.</param>
    /// <param name="firstPhase">The groups between the end of the history and the path's start, 0 or less, which place it in the season.</param>
    /// <param name="random">Draws the noise; null for a path without any.</param>
    /// <param name="path">The refined path.</param>
    public void Refine(ReadOnlySpan<double> workingPath, int firstPhase, RandomStream? random, Span<double> path)
    {
        int phases = Math.Max(_season, 1);
        Span<double> smooth = stackalloc double[_group];
        for (int g = 0; g * _group < path.Length; g++)
        {
            int phase = (((g + firstPhase) % phases) + phases) % phases;
            double level = workingPath[g];
            double before = g > 0 ? workingPath[g - 1] : Before(firstPhase);
            double after = g < workingPath.Length - 1 ? workingPath[g + 1] : level * SeasonalRatio(firstPhase, g);
            FillLine(smooth, level, Slope(before, level, after));
            TakeShape(smooth, _shape.AsSpan(phase * _group, _group), level);
            int[] donors = _donors[phase];
            ReadOnlySpan<double> noise = default;
            double scale = 0;
            int turn = 0;
            if (random is not null && donors.Length > 0 && level > 0)
            {
                int donor = _season >= 4 ? donors[random.NextInt(donors.Length)] : LikeDonor(donors, level, random);
                noise = _noise.AsSpan(donor * _group, _group);
                turn = random.NextInt(_group);
                double spread = Math.Sqrt((_varianceAtUnitLevel / level) + _varianceFloor);

                // A donor far from the asked level is no guide to more than a few times its own spread.
                scale = _donorSpread[donor] > 0 ? Math.Clamp(spread / _donorSpread[donor], 0.2, 2) : 1;
            }

            int steps = Math.Min(_group, path.Length - (g * _group));
            for (int i = 0; i < steps; i++, turn = turn + 1 == _group ? 0 : turn + 1)
            {
                double factor = noise.IsEmpty ? 1 : Math.Max(0, 1 + (scale * _position[i] * noise[turn]));
                path[(g * _group) + i] = smooth[i] * factor;
            }
        }
    }

    /// <summary>How large the noise is at each step of a group, relative to its mean over the group; the donors' noise is divided by it.</summary>
    private static double[] TakePosition(double[] noise, List<int>[] donors, int group)
    {
        var size = new double[group];
        int count = 0;
        foreach (int donor in donors.SelectMany(d => d))
        {
            for (int i = 0; i < group; i++)
            {
                size[i] += Math.Abs(noise[(donor * group) + i]);
            }

            count++;
        }

        double mean = System.Numerics.Tensors.TensorPrimitives.Sum<double>(size) / group;
        for (int i = 0; i < group; i++)
        {
            size[i] = mean > 0 ? ((count * size[i] / mean) + PriorDonors) / (count + PriorDonors) : 1;
        }

        foreach (int donor in donors.SelectMany(d => d))
        {
            Span<double> block = noise.AsSpan(donor * group, group);
            System.Numerics.Tensors.TensorPrimitives.Divide(block, size, block);
        }

        return size;
    }

    /// <summary>Without a season: one of the donors whose level is nearest to the asked one.</summary>
    private int LikeDonor(int[] donors, double level, RandomStream random)
    {
        double target = Math.Sqrt((_varianceAtUnitLevel / level) + _varianceFloor);
        int low = 0;
        int high = donors.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _donorSpread[donors[middle]] < target ? (middle + 1, high) : (low, middle);
        }

        int reach = Math.Max(FewestDonors / 2, donors.Length / 20);
        int first = Math.Clamp(low - reach, 0, Math.Max(0, donors.Length - (2 * reach)));
        return donors[first + random.NextInt(Math.Min(2 * reach, donors.Length - first))];
    }

    /// <summary>Each value relative to the straight line through its group that keeps the group's mean.</summary>
    private static double[] Ratios(ReadOnlySpan<double> values, ReadOnlySpan<double> means, int group)
    {
        var ratio = new double[means.Length * group];
        Span<double> line = stackalloc double[group];
        for (int g = 0; g < means.Length; g++)
        {
            Span<double> block = ratio.AsSpan(g * group, group);

            // At the ends a neighbour is missing, and with it the slope.
            if (!(means[g] > 0) || g == 0 || g == means.Length - 1)
            {
                block.Fill(double.NaN);
                continue;
            }

            FillLine(line, means[g], Slope(means[g - 1], means[g], means[g + 1]));
            for (int i = 0; i < group; i++)
            {
                block[i] = values[(g * group) + i] / line[i];
            }
        }

        return ratio;
    }

    private static void FillLine(Span<double> line, double level, double slope)
    {
        for (int i = 0; i < line.Length; i++)
        {
            line[i] = level + (slope * (((i + 0.5) / line.Length) - 0.5));
        }
    }

    /// <summary>
    /// The limited central slope (van Leer, Journal of Computational Physics 32, 1979): none at a local extreme, and the line
    /// stays between the neighbouring values, so that it cannot go below zero.
    /// </summary>
    private static double Slope(double previous, double mean, double next)
    {
        double before = mean - previous;
        double after = next - mean;
        if (!(before * after > 0))
            return 0;

        double central = 0.5 * (before + after);
        double limit = 2 * Math.Min(Math.Abs(before), Math.Abs(after));
        return Math.Sign(central) * Math.Min(Math.Abs(central), Math.Min(limit, 1.9 * mean));
    }

    /// <summary>The mean before the path's start; NaN where it is unknown.</summary>
    private double Before(int firstPhase)
    {
        int g = _means.Length + firstPhase - 1;
        return g >= 0 ? _means[g] : double.NaN;
    }

    /// <summary>How the mean last changed, before the path's start, after a group at the same time of the season; NaN where that is unknown. After the last group of a path nothing is forecast.</summary>
    private double SeasonalRatio(int firstPhase, int g)
    {
        if (_season == 0)
            return double.NaN;

        int seasons = (g + 1 + _season) / _season;
        int same = _means.Length + firstPhase + g - (seasons * _season);
        return same >= 0 && _means[same] > 0 ? _means[same + 1] / _means[same] : double.NaN;
    }

    /// <summary>Multiplies a line with the shape, and keeps its mean.</summary>
    private static void TakeShape(Span<double> line, ReadOnlySpan<double> shape, double mean)
    {
        System.Numerics.Tensors.TensorPrimitives.Multiply(line, shape, line);
        double sum = System.Numerics.Tensors.TensorPrimitives.Sum<double>(line);
        System.Numerics.Tensors.TensorPrimitives.Multiply(line, sum > 0 ? mean * line.Length / sum : 1, line);
    }

    /// <summary>The variance of a relative deviation as a ÷ level + b, by least squares with both at least 0.</summary>
    private static (double AtUnitLevel, double Floor) VarianceLaw(int n, double x, double xx, double y, double xy)
    {
        if (n == 0)
            return (0, 0);

        double spread = (n * xx) - (x * x);
        double a = spread > 1e-12 * n * xx ? ((n * xy) - (x * y)) / spread : 0;
        double b = (y - (a * x)) / n;
        if (a < 0)
            return (0, y / n);

        return b < 0 ? (xy / xx, 0) : (a, b);
    }

    /// <summary>The donors of each phase and of the phases beside it; without a season all of them, the steadiest first.</summary>
    private static int[][] Neighbourhoods(List<int>[] donors, double[] spread)
    {
        int phases = donors.Length;
        int[] all = [.. donors.SelectMany(d => d).OrderBy(d => spread[d]).ThenBy(d => d)];
        var result = new int[phases][];
        for (int phase = 0; phase < phases; phase++)
        {
            int[] near = phases < 4 ? all : [.. donors[(phase + phases - 1) % phases], .. donors[phase], .. donors[(phase + 1) % phases]];
            result[phase] = near.Length >= FewestDonors ? near : all;
        }

        return result;
    }
}
