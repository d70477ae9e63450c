using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// The chance that the level jumps again: jumps come as a Poisson process with the rate that they had in the history, are as large as
/// those were, and turn back or go on as often as those did. A history without a jump tells nothing of the first one: none was found in 7,759 days of M4's hourly series, and a chance of one in 60 days would make their 95 % intervals' MSIS 7.6 instead of 5.3.
/// </summary>
internal sealed class LevelJumps
{
    /// <summary>Cycles without a jump that the history is lengthened by: the rate after a single one is far from known.</summary>
    private const double PriorCycles = 7;

    /// <summary>The cycles by which the search moves back where it finds no jump.</summary>
    private const int SearchStride = 4;

    /// <summary>A jump is searched for in the difference from so many cycles before it, so that an earlier one does not hide it.</summary>
    private const int CyclesBefore = 7;

    private readonly double[] _sizes;

    private LevelJumps(double perStep, double[] sizes)
    {
        PerStep = perStep;
        _sizes = sizes;
        int turns = sizes.Zip(sizes.Skip(1), (later, earlier) => later * earlier < 0 ? 1 : 0).Sum();
        TurnsBack = (turns + 1.0) / (sizes.Length + 1);
    }

    /// <summary>The probability that a jump goes the other way than the one before (Laplace's rule of succession).</summary>
    public double TurnsBack { get; }

    /// <summary>The probability of a jump at a step.</summary>
    public double PerStep { get; }

    /// <summary>The jumps that were found, the latest first, as logarithms of factors.</summary>
    public ReadOnlySpan<double> Sizes => _sizes;

    /// <summary>The jumps of a whole history; null without one.</summary>
    /// <param name="transformed">The history on a logarithmic scale, as it was; NaN where unknown.</param>
    /// <param name="seasons">The seasons.</param>
    public static LevelJumps? Find(ReadOnlySpan<double> transformed, SeasonLengths seasons)
    {
        var sizes = new List<double>();
        int cycle = seasons.Cycle;
        int end = transformed.Length;
        while (end > 0)
        {
            // The search sees the last ten cycles: it moves back by fewer, and past each jump that it finds.
            if (LevelShift.Find(transformed[..end], seasons, CyclesBefore) is { } shift)
            {
                sizes.Add(shift.Log);
                end -= shift.Count;
            }
            else
            {
                end -= SearchStride * cycle;
            }
        }

        return sizes.Count == 0 ? null : new LevelJumps(sizes.Count / (transformed.Length + (PriorCycles * cycle)), [.. sizes]);
    }

    /// <summary>Draws what jumps add to each step, on the logarithmic scale.</summary>
    public void Draw(RandomStream random, Span<double> added)
    {
        double level = 0;
        bool up = _sizes[0] > 0;
        for (int h = 0; h < added.Length; h++)
        {
            if (random.NextDouble() < PerStep)
            {
                up ^= random.NextDouble() < TurnsBack;
                double size = Math.Abs(_sizes[random.NextInt(_sizes.Length)]);
                level += up ? size : -size;
            }

            added[h] = level;
        }
    }
}
