using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// The jumps of the level that a history holds, and what they tell of the next: jumps come as a Poisson process with the rate that they had in the history, are as large as
/// those were, and are for good or turn back as often, and after as long, as those did. By the same odds the level turns back to one that it has left. A history without a jump tells
/// nothing of the first one: none is found in M4's 207 hourly series, and a chance of one in 60 days would make their 95 % intervals' MSIS 7.6 instead of 5.3.
/// </summary>
internal sealed class LevelJumps
{
    /// <summary>Jumps, and cycles, that are added to those of the history: the rate after a single one is far from known.</summary>
    private const double PriorStarts = 0.5;
    private const double PriorCycles = 3;

    /// <summary>Of so many jumps so many turned back, after so many cycles, before the history tells of any.</summary>
    private const double PriorJumps = 2;
    private const double PriorReturns = 0.7;
    private const double PriorCyclesAway = 3;

    /// <summary>And so many of the latest ones are brief ones, that are gone after half a cycle.</summary>
    private const double PriorBrief = 1;
    private const double PriorCyclesBriefly = 0.5;

    /// <summary>Of all jumps so many went either way.</summary>
    private const double PriorMirrored = 1;

    /// <summary>What is held for so many cycles is a level; what is left sooner is a busy or a quiet day.</summary>
    private const double FewestCycles = 1.5;
    private const int FewestValues = 3;

    /// <summary>A jump is at least this factor, and so many robust deviations of what a cycle does from one to the next, and of the values about the levels before and after.</summary>
    private const double LeastFactor = 1.35;
    private const double DeviationsOfCycles = 5;
    private const double DeviationsOfValues = 4;

    /// <summary>One of the jumps must be this many deviations; where it is the only one, growth by stages may look the same.</summary>
    private const double DeviationsOfClearest = 6;
    private const double DeviationsOfOnly = 12;

    /// <summary>This part of it comes at once: growth over days is no jump, and a history with so much of it, as a multiple of the least jump, is not one of levels.</summary>
    private const double ShareAtOnce = 0.7;
    private const double MostGrowth = 1.2;

    /// <summary>A level is the one of before where they differ by less than this logarithm, or this part of the jump to it.</summary>
    private const double ReturnLog = 0.1;
    private const double ReturnShare = 0.2;

    /// <summary>The level may turn back to so many that it left.</summary>
    private const int MostOpen = 3;

    private const int CyclesReported = 10;

    private readonly int[] _starts;
    private readonly double[] _jumps;
    private readonly int _cycle;

    /// <summary>The jumps that did not lead back, and which of them were turned back later.</summary>
    private readonly (double Log, bool Returned)[] _left;
    private readonly double _returns;
    private readonly double _meanAway;
    private readonly double _meanBriefly;

    /// <summary>The jumps that have not turned back, the latest first, with the odds that they will.</summary>
    private (double Log, double Briefly, double Away)[] Open { get; init; }

    private LevelJumps(int[] starts, double[] jumps, int count, int cycle, int brief, int stepsBriefly)
    {
        _starts = starts;
        _jumps = jumps;
        _cycle = cycle;
        Count = count - starts[^1];
        _meanBriefly = (stepsBriefly + (PriorCyclesBriefly * cycle)) / (brief + 1);
        var open = new List<int>();
        var isReturn = new bool[jumps.Length];
        var isOver = new bool[jumps.Length];
        int away = 0;
        for (int j = 0; j < jumps.Length; j++)
        {
            int to = LedBackTo(jumps, open, j);
            isReturn[j] = to < open.Count;
            foreach (int over in open.Skip(to))
            {
                isOver[over] = true;
                away += starts[j + 1] - starts[over + 1];
            }

            open.RemoveRange(to, open.Count - to);
            if (!isReturn[j])
                open.Add(j);
        }

        int returns = isOver.Count(over => over);
        _left = [.. jumps.Index().Where(j => !isReturn[j.Index]).Select(j => (j.Item, isOver[j.Index]))];
        _meanAway = (away + (PriorCyclesAway * cycle)) / (returns + 1);

        // Whether the latest one is for good is not known yet.
        double decided = _left.Length - (isReturn[^1] ? 0 : 1) + PriorJumps;
        _returns = (returns + PriorReturns) / decided;
        bool isNew = !isReturn[^1] && Count < FewestCycles * cycle;
        Open = [.. Enumerable.Reverse(open).Take(MostOpen).Select(Odds)];
        PerStep = (_left.Length + PriorStarts - (Open.Length > 0 ? Open[0].Briefly : 0)) / (count + (PriorCycles * cycle));

        (double, double, double) Odds(int j)
        {
            double turns = _returns * Math.Exp(-(count - starts[j + 1]) / _meanAway);
            double briefly = isNew && j == jumps.Length - 1 ? (brief + PriorBrief) / decided * Math.Exp(-Count / _meanBriefly) : 0;
            double all = 1 - _returns + turns + briefly;
            return (jumps[j], briefly / all, turns / all);
        }
    }

    /// <summary>The probability of a jump at a step.</summary>
    public double PerStep { get; }

    /// <summary>The values since the latest jump.</summary>
    public int Count { get; }

    /// <summary>The probability that the latest jump turns back, be it within the day or later; 0 where it led back to a level of before.</summary>
    public double TurnsBack => Open.Length > 0 && Open[0].Log == _jumps[^1] ? Open[0].Briefly + Open[0].Away : 0;

    /// <summary>The jumps that were found, the latest last, as logarithms of factors.</summary>
    public ReadOnlySpan<double> Sizes => _jumps;

    /// <summary>The latest jump where it is new; null otherwise.</summary>
    public LevelShift? Latest => Count <= CyclesReported * _cycle ? new LevelShift(Count, _jumps[^1]) : null;

    /// <summary>The jumps of a whole history; null without one that lasted.</summary>
    /// <param name="transformed">The history on a logarithmic scale, as it was; NaN where unknown.</param>
    /// <param name="seasons">The seasons.</param>
    public static LevelJumps? Find(ReadOnlySpan<double> transformed, SeasonLengths seasons)
    {
        if (LevelPlateaus.Find(transformed, seasons) is not { Count: > 1 } plateaus)
            return null;

        double fewest = FewestCycles * seasons.Cycle;
        double least = Math.Max(Math.Log(LeastFactor), DeviationsOfCycles * plateaus.CycleNoise);
        var starts = new List<int> { 0 };
        var jumps = new List<double>();
        int before = -1;
        double atOnce = 0;
        double clearest = 0;
        int brief = 0;
        int stepsBriefly = 0;
        for (int k = 0; k < plateaus.Count; k++)
        {
            LevelPlateau now = plateaus[k];
            atOnce += double.IsNaN(now.AtOnce) ? double.PositiveInfinity : now.AtOnce;
            double size = before < 0 ? 0 : now.Level - plateaus[before].Level;
            bool isLast = k == plateaus.Count - 1;
            bool isLong = now.Length >= fewest;

            // Where the level turns back to the one that it left, an hour or two tell it; elsewhere they may be an outlier.
            bool isBack = isLast && jumps.Count > 0 && IsBack(size + jumps[^1], jumps[^1]);
            if (!isLong && !isBack && !(isLast && now.Length >= FewestValues))
            {
                bool isBrief = before >= 0 && !isLast && now.Length >= FewestValues && Math.Abs(size) > least;
                brief += isBrief ? 1 : 0;
                stepsBriefly += isBrief ? now.Length : 0;
                continue;
            }

            double spread = before < 0 ? 0 : Math.Max(plateaus[before].Spread, isLong ? now.Spread : 0);
            bool isAtOnce = double.IsInfinity(atOnce) || atOnce * Math.Sign(size) > ShareAtOnce * Math.Abs(size);
            if (!isBack && isLong && !isAtOnce && Math.Abs(size) > MostGrowth * least)
                return null;

            if (isBack || (isAtOnce && Math.Abs(size) > Math.Max(least, DeviationsOfValues * spread)))
            {
                starts.Add(now.Start);
                jumps.Add(size);
                clearest = Math.Max(clearest, Math.Abs(size) / spread);
            }

            before = k;
            atOnce = 0;
        }

        // What only the latest hours did tells nothing of whether jumps recur.
        int needed = transformed.Length - starts[^1] < fewest ? 2 : 1;
        return jumps.Count < needed || clearest < (jumps.Count == 1 ? DeviationsOfOnly : DeviationsOfClearest) ? null : new LevelJumps([.. starts], [.. jumps], transformed.Length, seasons.Cycle, brief, stepsBriefly);
    }

    /// <summary>The chance of further jumps after a single one, of which others tell whether it turns back.</summary>
    /// <param name="shift">The jump.</param>
    /// <param name="count">The values of the history.</param>
    /// <param name="cycle">The values of a cycle.</param>
    public static LevelJumps After(LevelShift shift, int count, int cycle) => new([0, count - shift.Count], [shift.Log], count, cycle, 0, 0) { Open = [] };

    /// <summary>The history as if it had been at the latest level all along.</summary>
    /// <param name="values">The history.</param>
    /// <param name="transform">The logarithmic scale.</param>
    /// <param name="withNew">Whether the latest level counts too where it is too new to be sure of; else the history stands on the one before.</param>
    public double[] Align(ReadOnlySpan<double> values, in ValueTransform transform, bool withNew)
    {
        double[] aligned = values.ToArray();
        double log = 0;
        for (int j = _jumps.Length - 1; j >= 0; j--)
        {
            bool isLeftOut = !withNew && j == _jumps.Length - 1 && Count < FewestCycles * _cycle;
            log += isLeftOut ? 0 : _jumps[j];
            for (int i = _starts[j]; log != 0 && i < _starts[j + 1]; i++)
            {
                aligned[i] = double.IsNaN(aligned[i]) ? double.NaN : transform.Inverse(transform.Forward(aligned[i]) + log);
            }
        }

        return aligned;
    }

    /// <summary>Draws what jumps, and turning back from those that were, add to each step, on the logarithmic scale.</summary>
    public void Draw(RandomStream random, Span<double> added)
    {
        foreach ((double log, double briefly, double away) in Open)
        {
            double which = random.NextDouble();
            double lasts = which < briefly ? _meanBriefly * random.NextExponential()
                : which < briefly + away ? _meanAway * random.NextExponential()
                : double.PositiveInfinity;
            for (int h = 0; h < added.Length; h++)
            {
                added[h] -= h + 1 > lasts ? log : 0;
            }
        }

        for (int from = 0; from < added.Length; from++)
        {
            if (random.NextDouble() >= PerStep)
                continue;

            // The next may go the other way; but nothing rises as far as an outage falls.
            (double log, bool returned) = _left[random.NextInt(_left.Length)];
            bool isMirrored = !(returned && log < 0) && random.NextDouble() < PriorMirrored / (_left.Length + (2 * PriorMirrored));
            double lasts = random.NextDouble() < _returns ? _meanAway * random.NextExponential() : double.PositiveInfinity;
            for (int h = from; h < added.Length && h < from + lasts; h++)
            {
                added[h] += isMirrored ? -log : log;
            }
        }
    }

    /// <summary>The place among the open jumps from which on they are over after jump <paramref name="j"/>: it led back to the level before that one. Their number where it led to a new level.</summary>
    private static int LedBackTo(double[] jumps, List<int> open, int j)
    {
        double left = jumps[j];
        for (int k = open.Count - 1; k >= Math.Max(0, open.Count - MostOpen); k--)
        {
            left += jumps[open[k]];
            if (IsBack(left, jumps[j]))
                return k;
        }

        return open.Count;
    }

    private static bool IsBack(double left, double jump) => Math.Abs(left) < Math.Max(ReturnLog, ReturnShare * Math.Abs(jump));
}
