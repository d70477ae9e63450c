using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>
/// A decomposition read as trend, seasons and noise. A component belongs to the trend when its vector's main frequency is below
/// one cycle a window; to a season when nearly all its power is at one frequency and it is paired, as sine and cosine, with another
/// of that frequency that it is w-correlated with or equal to in eigenvalue, and when it stands above what noise of the remaining
/// variance would show; the rest is noise (Golyandina, Nekrutkin and
/// Zhigljavsky 2001, section 1.6). Harmonics of known seasons are counted with their season.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class SsaGrouping
{
    private const double Concentration = 0.6;
    private const double Paired = 0.3;
    private const double EqualEigenvalues = 0.5;

    /// <summary>White noise has eigenvalues of up to (1 + √(L/K))² ≤ 4 times their mean (Marchenko and Pastur 1967).</summary>
    private const double AboveNoise = 4;
    private readonly double[] _correlations;
    private readonly double[] _frequencies;

    private SsaGrouping(IReadOnlyList<SsaGroup> groups, double[] correlations, double[] frequencies)
    {
        Groups = groups;
        _correlations = correlations;
        _frequencies = frequencies;
    }

    /// <summary>The trend, the seasons by falling share, and noise. Trend and noise are always there.</summary>
    public IReadOnlyList<SsaGroup> Groups { get; }

    /// <summary>The trend.</summary>
    public SsaGroup Trend => Groups[0];

    /// <summary>What is neither trend nor season.</summary>
    public SsaGroup Noise => Groups[^1];

    /// <summary>The seasons, by falling share.</summary>
    public IEnumerable<SsaGroup> Seasons => Groups.Where(g => g.Kind == SsaGroupKind.Season);

    /// <summary>The main frequency of a component in cycles a step, 0 to 0.5.</summary>
    /// <param name="component">A component of the decomposition.</param>
    public double Frequency(int component) => _frequencies[component];

    /// <summary>
    /// The correlation of two components' parts of the series, each point weighted by the number of windows through it: near 0 for
    /// parts that are separated, near ±1 for parts that belong together.
    /// </summary>
    /// <param name="first">A component of the decomposition.</param>
    /// <param name="second">A component of the decomposition.</param>
    public double Correlation(int first, int second) => _correlations[(first * _frequencies.Length) + second];

    /// <summary>Groups the components of a decomposition. Memory is that of one series for each component while it runs.</summary>
    /// <param name="decomposition">The decomposition.</param>
    /// <param name="seasonLengths">Known seasons in steps, whose harmonics are counted with them (with the shortest that fits); empty to keep each frequency apart.</param>
    /// <returns>The groups.</returns>
    public static SsaGrouping Of(SsaDecomposition decomposition, params ReadOnlySpan<int> seasonLengths)
    {
        int count = decomposition.Subspace.NumericalRank();
        double[][] parts = new double[count][];
        double[] frequencies = new double[count];
        double[] concentrations = new double[count];
        for (int i = 0; i < count; i++)
        {
            parts[i] = decomposition.Reconstruct(i);
            (frequencies[i], concentrations[i]) = MainFrequency(decomposition.Vector(i));
        }

        double[] correlations = Correlations(parts, decomposition.WindowLength);
        double[] shares = decomposition.Shares();
        double resolution = 1.0 / decomposition.WindowLength;
        int rest = Math.Min(decomposition.WindowLength, decomposition.SeriesLength - decomposition.WindowLength + 1) - decomposition.ComponentCount;
        double noiseShare = rest > 0 ? Math.Max(0, 1 - shares.Sum()) / rest : 0;
        int[] seasons = seasonLengths.ToArray();
        Array.Sort(seasons);
        List<int> trend = [], noise = [];
        Dictionary<double, List<int>> byPeriod = [];
        for (int i = 0; i < count; i++)
        {
            if (frequencies[i] < 0.95 * resolution)
            {
                trend.Add(i);
            }
            else if (shares[i] > AboveNoise * noiseShare && concentrations[i] >= Concentration && IsPaired(i, frequencies, correlations, decomposition.Eigenvalues, resolution))
            {
                double period = PeriodOf(frequencies[i], resolution, seasons, byPeriod.Keys);
                if (!byPeriod.TryGetValue(period, out List<int>? members))
                {
                    byPeriod[period] = members = [];
                }

                members.Add(i);
            }
            else
            {
                noise.Add(i);
            }
        }

        double[] left = decomposition.Centred.ToArray();
        List<SsaGroup> groups = [];
        foreach ((double period, List<int> members) in byPeriod)
        {
            groups.Add(Group(SsaGroupKind.Season, period, members, parts, shares, 0, left));
        }

        groups.Sort((a, b) => b.Share.CompareTo(a.Share));
        groups.Insert(0, Group(SsaGroupKind.Trend, double.PositiveInfinity, trend, parts, shares, decomposition.Mean, left));
        double carried = groups.Sum(g => g.Share);
        groups.Add(new SsaGroup(SsaGroupKind.Noise, double.NaN, [.. noise], Math.Max(0, 1 - carried), left));
        return new SsaGrouping(groups.AsReadOnly(), correlations, frequencies);
    }

    private static SsaGroup Group(SsaGroupKind kind, double period, List<int> members, double[][] parts, double[] shares, double mean, double[] left)
    {
        double[] values = new double[left.Length];
        double share = 0;
        foreach (int i in members)
        {
            TensorPrimitives.Add(values, parts[i], values);
            TensorPrimitives.Subtract(left, parts[i], left);
            share += shares[i];
        }

        TensorPrimitives.Add(values, mean, values);
        return new SsaGroup(kind, period, [.. members], share, values);
    }

    private static bool IsPaired(int i, double[] frequencies, double[] correlations, ReadOnlySpan<double> eigenvalues, double resolution)
    {
        if (frequencies[i] > 0.5 - (resolution / 4))
        {
            // The alternating oscillation has no cosine beside its sine.
            return true;
        }

        for (int j = 0; j < frequencies.Length; j++)
        {
            if (j != i && Math.Abs(frequencies[j] - frequencies[i]) < resolution / 2
                && (Math.Abs(correlations[(i * frequencies.Length) + j]) > Paired || Math.Min(eigenvalues[i], eigenvalues[j]) > EqualEigenvalues * Math.Max(eigenvalues[i], eigenvalues[j])))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The shortest known season of which the frequency is a harmonic, else the period of a component already grouped, else its own.</summary>
    private static double PeriodOf(double frequency, double resolution, int[] seasons, IEnumerable<double> grouped)
    {
        foreach (int season in seasons)
        {
            double cycles = frequency * season;
            if (Math.Round(cycles) >= 1 && Math.Abs(cycles - Math.Round(cycles)) / season < resolution / 2)
            {
                return season;
            }
        }

        foreach (double period in grouped)
        {
            if (Math.Abs((1 / period) - frequency) < resolution / 2)
            {
                return period;
            }
        }

        return 1 / frequency;
    }

    /// <summary>The frequency of the highest point of the periodogram, and the part of the power within one cycle a window of it.</summary>
    private static (double Frequency, double Concentration) MainFrequency(ReadOnlySpan<double> vector)
    {
        int length = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(8 * vector.Length));
        var spectrum = new System.Numerics.Complex[length];
        for (int t = 0; t < vector.Length; t++)
        {
            spectrum[t] = vector[t];
        }

        MathNet.Numerics.IntegralTransforms.Fourier.Forward(spectrum, MathNet.Numerics.IntegralTransforms.FourierOptions.NoScaling);
        int highest = 0;
        double total = 0;
        double[] power = new double[(length / 2) + 1];
        for (int f = 0; f < power.Length; f++)
        {
            power[f] = (spectrum[f].Real * spectrum[f].Real) + (spectrum[f].Imaginary * spectrum[f].Imaginary);
            total += power[f];
            highest = power[f] > power[highest] ? f : highest;
        }

        int reach = length / vector.Length;
        double near = 0;
        for (int f = Math.Max(0, highest - reach); f <= Math.Min(power.Length - 1, highest + reach); f++)
        {
            near += power[f];
        }

        return ((double)highest / length, near / total);
    }

    private static double[] Correlations(double[][] parts, int window)
    {
        int count = parts.Length;
        double[] correlations = new double[count * count];
        if (count == 0)
        {
            return correlations;
        }

        int length = parts[0].Length;
        double[] weighted = new double[length];
        double[] norms = new double[count];
        for (int i = 0; i < count; i++)
        {
            for (int t = 0; t < length; t++)
            {
                weighted[t] = parts[i][t] * HankelReconstruction.WindowsThrough(t, length, window);
            }

            norms[i] = Math.Sqrt(TensorPrimitives.Dot<double>(weighted, parts[i]));
            for (int j = 0; j <= i; j++)
            {
                double value = TensorPrimitives.Dot<double>(weighted, parts[j]) / (norms[i] * norms[j]);
                correlations[(i * count) + j] = value;
                correlations[(j * count) + i] = value;
            }
        }

        return correlations;
    }
}
