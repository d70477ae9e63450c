using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>The pool fitted for one horizon: its central forecast and the distribution of its errors.</summary>
internal sealed class PoolFit
{
    /// <summary>How far a path may rise above the highest value that was seen or is forecast, as a logarithm; more where the horizon is long beside the history.</summary>
    private const double LogBeyondHighest = 0.45;
    private const double LogBeyondForHorizon = 0.3;
    private const double MostHorizonToHistory = 2;

    /// <summary>And where less than a day was seen (a week of a series of days): its other hours may be of another size.</summary>
    private const double LogBeyondUnseenDay = 1.4;

    private PoolFit(PathLaw law, ValueTransform transform, Candidate[] candidates, double[] candidateErrors, double[] weights)
    {
        Law = law;
        Transform = transform;
        Candidates = candidates;
        CandidateErrors = candidateErrors;
        Weights = weights;
    }

    /// <summary>The median forecast and how paths lie about it.</summary>
    public PathLaw Law { get; }

    public ValueTransform Transform { get; }

    /// <summary>What would have been forecast at the rolling origins, by weights that do not know them; the latest first.</summary>
    public PastForecast[] Past { get; private init; } = [];

    /// <summary>How the maxima of paths are put right.</summary>
    public PeakCalibration Peaks { get; set; } = PeakCalibration.None;

    /// <summary>The values that stood far outside, which the members did not see.</summary>
    public Outliers Outliers { get; init; } = Outliers.None;

    /// <summary>The history as errors were measured by it: at its present level where it jumped, without absurd outliers where they are rare.</summary>
    public required double[] Values { get; init; }

    /// <summary>The members that were tried.</summary>
    public Candidate[] Candidates { get; }

    /// <summary>The mean absolute error of each member on the transformed scale, over the origins.</summary>
    public double[] CandidateErrors { get; }

    /// <summary>The mean pinball loss of each member on the transformed scale, by which it is weighed.</summary>
    public double[] CandidateLosses { get; private init; } = [];

    /// <summary>The mean weight of each member over the horizon; they sum to 1.</summary>
    public double[] Weights { get; }

    /// <summary>The seasons in working steps.</summary>
    public required SeasonLengths Seasons { get; init; }

    /// <summary>The number of rolling origins.</summary>
    public int Origins => Past.Length;

    /// <summary>The steps judged at each origin.</summary>
    public int JudgedHorizon { get; init; }

    /// <summary>The jump of the level that the history was aligned for; null without one.</summary>
    public LevelShift? Shift { get; init; }

    /// <summary>How much work it was given.</summary>
    public required PoolEffort Effort { get; init; }

    /// <summary>The member that this machine cannot run, and why, in words; null without one.</summary>
    public string? LeftOut { get; private init; }

    /// <summary>Why no member could be judged, in words; null where they were.</summary>
    public string? FallBack { get; init; }

    /// <summary>Fits the pool to the whole of <paramref name="values"/>.</summary>
    /// <param name="values">NaN where unknown; at least one known; none negative.</param>
    /// <param name="outliers">The values that stand far outside.</param>
    /// <param name="ongoing">The one of them that lasts at the end; null without one.</param>
    /// <param name="seasons">The seasons in steps.</param>
    /// <param name="horizon">The number of steps to forecast.</param>
    /// <param name="effort">How much work it may be.</param>
    /// <param name="members">The members to try.</param>
    /// <param name="end">The end of the history.</param>
    /// <param name="step">The length of a step.</param>
    /// <param name="cancellationToken">Cancels between origins.</param>
    public static PoolFit Create(double[] values, Outliers outliers, OngoingOutlier? ongoing, SeasonLengths seasons, int horizon, PoolEffort effort, PoolMembers members, DateTimeOffset end, TimeSpan step, CancellationToken cancellationToken)
    {
        double[] judged = outliers.Judged(values);
        ValueTransform transform = ValueTransform.For(judged);
        seasons = RollingOrigins.WorthUsing(seasons, values.Length);
        double highest = HighestOf(judged);
        double[] transformed = [.. values.Select(v => double.IsNaN(v) ? double.NaN : transform.Forward(v))];
        var jumps = LevelJumps.Find(outliers.Without(transformed), seasons);
        if (jumps is not null)
        {
            // Where the level is known to jump, what left it lately is a jump too, which has its own chance of turning back.
            outliers = Outliers.None;
            ongoing = null;
            jumps = LevelJumps.Find(transformed, seasons) ?? jumps;
            judged = values;
        }

        LevelShift? shift = jumps is null ? LevelShift.Find(outliers.Without(transformed), seasons) : jumps.Latest;
        LevelDeparture? departure = null;
        double[] steady = values;
        if (jumps is not null)
        {
            steady = jumps.Align(values, transform, withNew: false);
            values = jumps.Align(values, transform, withNew: true);
            judged = values;
            transform = ValueTransform.For(values);
        }
        else
        {
            if (shift is not null)
            {
                values = shift.Align(values, transform);
                judged = outliers.Judged(values);
                transform = ValueTransform.For(judged);
            }

            double[] lately = shift is null ? transformed : [.. values.Select(v => double.IsNaN(v) ? double.NaN : transform.Forward(v))];
            int unfinished = outliers.UnfinishedAt(values.Length, out _);
            double[] sinceLast = [.. lately.AsSpan(0, lately.Length - unfinished)];
            outliers.LeaveLatest(sinceLast);
            departure = LevelDeparture.Find(sinceLast, seasons);
            departure = departure is null ? null : departure with { Count = departure.Count + unfinished };
            steady = outliers.Without(values);
        }

        // Jumps hold the chance of turning back themselves.
        double doubt = jumps is null ? shift?.Doubt(seasons.Cycle) ?? 0 : 0;
        highest = Math.Max(highest, HighestOf(judged));
        var scaleOfSteady = ValueTransform.For(steady);
        if (departure is not null)
        {
            values = new LevelShift(departure.Count, departure.Log).Align(values, transform);
            judged = outliers.Judged(values);
            transform = ValueTransform.For(judged);
        }

        double cyclesKnown = values.Length * (step / (step < TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : TimeSpan.FromDays(7)));
        RollingOrigins origins = RollingOrigins.Choose(values.Length, horizon, seasons, Math.Max(effort.Origins, 1), members.FewestBeforeOrigin(seasons));
        Candidate[] candidates = origins.Counts.Length < 2 ? [] : members.For(origins, outliers.Without(values), transform, seasons, effort, end, step, cancellationToken);
        Candidate[] forNoise = [.. candidates.Where(c => members.IsStandard && c.IsForNoise(seasons))];
        bool isTooShort = candidates.Length == forNoise.Length;
        if (isTooShort && !members.IsStandard)
            throw TooShort(members, values.Length, seasons, step);

        // Its paths cannot turn back: it stands on the level that the hours before had.
        if (isTooShort)
            return SeasonalNaiveFallback.Fit(steady, seasons, horizon, scaleOfSteady, shift, effort, outliers, cyclesKnown);

        int cuts = origins.Counts.Length;
        Candidate[] always = [.. candidates.Except(forNoise)];
        ValueTransform logarithm = transform;
        (candidates, double[][][] forecasts, OriginErrors errors) = JudgedOn(logarithm);
        if (errors.Count < 2 && !members.IsStandard)
            throw TooShort(members, values.Length, seasons, step);

        if (errors.Count < 2)
            return SeasonalNaiveFallback.Fit(steady, seasons, horizon, scaleOfSteady, shift, effort, outliers, cyclesKnown);

        // Jumps of the level are factors: where there were any, the scale stays the one on which they add. On smooth series the scale matters little.
        var root = ValueTransform.SquareRoot(judged);
        bool isNoisy = PoolWeights.ShareForNoise(errors.MeanOver(leftOut: -1).Min()) > 0;
        if (members.IsStandard && !members.StaysOnLogarithm && isNoisy && shift is null && jumps is null && departure is null && ongoing is null && root.IsSquareRoot && TransformChoice.IsWorthTrying(judged, origins, seasons, logarithm, root, outliers))
        {
            var other = JudgedOn(root);
            if (TransformChoice.IsBetter(judged, errors, other.Errors))
            {
                (candidates, forecasts, errors) = other;
                transform = root;
            }
        }

        double[] meanErrors = errors.MeanOver(leftOut: -1);
        double[][] weights = errors.Weights(leftOut: -1);
        double[] centre = errors.Pooled(forecasts[cuts], weights);
        double[][] residuals = errors.PoolResiduals(out double[][] levels);

        // On smooth series the members' own errors are so small that what is left of them tells nothing of the days to come.
        if (members.IsStandard && isNoisy)
        {
            PersistentBias.Of(residuals, errors.Counts, seasons.Cycle)?.Take(residuals, levels, centre, transform);
        }

        ErrorDistribution distribution = ErrorDistribution.Estimate(residuals, levels, errors.Counts, Math.Max(horizon, origins.Horizon), seasons.Cycle).Widen(doubt);
        double beyond = Beyond(horizon, values.Length, cyclesKnown);
        PastForecast[] past = [.. levels.Select((level, j) => new PastForecast(errors.Counts[j], new PathLaw(level, transform, distribution, HighestOf(judged.AsSpan(0, errors.Counts[j])), beyond)))];
        return new PoolFit(new PathLaw(centre, transform, distribution, Math.Max(highest, ongoing?.Value ?? 0), beyond) { Jumps = jumps ?? (shift is null ? null : LevelJumps.After(shift, values.Length, seasons.Cycle)), Departure = departure, Ongoing = ongoing }, transform, candidates, meanErrors, CandidateForecasts.MeanWeights(weights, horizon, seasons.Cycle)) { CandidateLosses = errors.Losses(), Outliers = outliers, Values = judged, Past = past, Seasons = seasons, JudgedHorizon = origins.Horizon, Shift = shift, Effort = effort, LeftOut = members.LeftOut };

        (Candidate[] Candidates, double[][][] Forecasts, OriginErrors Errors) JudgedOn(ValueTransform scale)
        {
            double[][][] some = Forecasts(always, scale);
            var onOwn = new OriginErrors(judged, origins, some.AsSpan(0, cuts), scale, [], seasons.Cycle);
            double share = onOwn.Count < 2 ? 0 : PoolWeights.ShareForNoise(onOwn.MeanOver(leftOut: -1).Min());
            if (share == 0 || forNoise.Length == 0)
                return (always, some, onOwn);

            double[] shares = [.. always.Select(_ => 1.0), .. forNoise.Select(_ => share)];
            double[][][] all = [.. some.Zip(Forecasts(forNoise, scale), (double[][] others, double[][] added) => (double[][])[.. others, .. added])];
            return ([.. always, .. forNoise], all, new OriginErrors(judged, origins, all.AsSpan(0, cuts), scale, shares, seasons.Cycle));
        }

        // At each origin, the latest first, and last at the end of the history.
        double[][][] Forecasts(Candidate[] which, ValueTransform scale)
        {
            Candidate[] onScale = [.. which.Where(c => !scale.IsSquareRoot || !c.IsOnLogarithm)];
            Candidate[] onLogarithm = [.. which.Except(onScale)];
            var all = new double[cuts + 1][][];
            ParallelLoop.For(cuts + 1, cut =>
            {
                int count = cut < cuts ? origins.Counts[cut] : values.Length;
                int ahead = cut < cuts ? origins.Horizon : horizon;
                double[][] forecasts = CandidateForecasts.At(values, count, ahead, onScale, seasons, scale, outliers);

                // The members that keep to the logarithm are the last ones of those that are always tried.
                all[cut] = onLogarithm.Length == 0 ? forecasts : [.. forecasts, .. CandidateForecasts.At(values, count, ahead, onLogarithm, seasons, logarithm, outliers)];
            }, cancellationToken);
            return all;
        }
    }

    private static ForecastException TooShort(PoolMembers members, int count, SeasonLengths seasons, TimeSpan step)
    {
        int fewest = members.FewestBeforeOrigin(seasons);
        if (fewest == int.MaxValue)
            return new ForecastException(FormattableString.Invariant($"Model '{members.Name}' needs a season that the history does not show; it shows {(seasons.Short == 0 ? "none" : seasons.Long == 0 ? FormattableString.Invariant($"one of {step * seasons.Short:c} and no longer one") : FormattableString.Invariant($"those of {step * seasons.Short:c} and {step * seasons.Long:c}"))}. Choose the model 'pool', which takes what fits the history."));

        TimeSpan needed = step * (fewest + (2 * seasons.Cycle));
        return new ForecastException(FormattableString.Invariant($"Model '{members.Name}' needs about {needed:c} of mostly known history to be {(members.Only is null ? "trained and judged" : "judged")}; there is {step * count:c}. Supply more{(members.Only is null ? ", add more series to the fleet" : "")}, or choose the model 'pool'."));
    }

    private static double Beyond(int horizon, int history, double cyclesKnown)
        => LogBeyondHighest + (LogBeyondForHorizon * Math.Min(MostHorizonToHistory, (double)horizon / history)) + (LogBeyondUnseenDay * Math.Exp(-cyclesKnown));

    private static double HighestOf(ReadOnlySpan<double> values)
    {
        double highest = 0;
        foreach (double value in values)
        {
            highest = value > highest ? value : highest;
        }

        return highest;
    }

    public static PoolFit Fallback(double[] values, double[] centre, ValueTransform transform, ErrorDistribution errors, SeasonLengths seasons, LevelShift? shift, PoolEffort effort, Outliers outliers, double cyclesKnown, string reason)
    {
        var law = new PathLaw(centre, transform, errors.Widen(shift?.Doubt(seasons.Cycle) ?? 0), HighestOf(values), Beyond(centre.Length, values.Length, cyclesKnown));
        return new(law, transform, [], [], []) { Outliers = outliers, Values = values, Seasons = seasons, FallBack = reason, Shift = shift, Effort = effort };
    }
}
