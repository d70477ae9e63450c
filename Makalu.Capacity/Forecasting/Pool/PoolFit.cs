using Makalu.Capacity.Forecasting.Candidates;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>The pool fitted for one horizon: its central forecast and the distribution of its errors.</summary>
internal sealed class PoolFit
{
    private PoolFit(double[] centre, ValueTransform transform, ErrorDistribution errors, Candidate[] candidates, double[] candidateErrors, double[] weights, int origins)
    {
        Centre = centre;
        Transform = transform;
        Errors = errors;
        Candidates = candidates;
        CandidateErrors = candidateErrors;
        Weights = weights;
        Origins = origins;
    }

    /// <summary>The median forecast of each step on the scale of the observations.</summary>
    public double[] Centre { get; }

    public ValueTransform Transform { get; }

    /// <summary>The distribution of the errors on the transformed scale.</summary>
    public ErrorDistribution Errors { get; }

    /// <summary>The members that were tried.</summary>
    public Candidate[] Candidates { get; }

    /// <summary>The mean absolute error of each member on the transformed scale, over the origins.</summary>
    public double[] CandidateErrors { get; }

    /// <summary>The weight of each member; they sum to 1.</summary>
    public double[] Weights { get; }

    /// <summary>The seasons in working steps.</summary>
    public required SeasonLengths Seasons { get; init; }

    /// <summary>The number of rolling origins.</summary>
    public int Origins { get; }

    /// <summary>Fits the pool to the whole of <paramref name="values"/>.</summary>
    /// <param name="values">NaN where unknown; at least one known; none negative.</param>
    /// <param name="seasons">The seasons in steps.</param>
    /// <param name="horizon">The number of steps to forecast.</param>
    /// <param name="cancellationToken">Cancels between origins.</param>
    public static PoolFit Create(double[] values, SeasonLengths seasons, int horizon, CancellationToken cancellationToken)
    {
        ValueTransform transform = ValueTransform.For(values);
        RollingOrigins origins = RollingOrigins.Choose(values.Length, horizon, seasons);
        Candidate[] candidates = origins.Counts.Length < 2 ? [] : StandardPool.For(origins.Counts[^1], seasons);
        if (candidates.Length == 0)
            return SeasonalNaiveFallback.Fit(values, seasons, horizon, transform);

        int cuts = origins.Counts.Length;
        var forecasts = new double[cuts + 1][][];
        Parallel.For(0, cuts + 1, new ParallelOptions { CancellationToken = cancellationToken }, cut =>
        {
            bool isPast = cut < cuts;
            forecasts[cut] = CandidateForecasts.At(values, isPast ? origins.Counts[cut] : values.Length, isPast ? origins.Horizon : horizon, candidates, seasons, transform);
        });

        var errors = new OriginErrors(values, origins, forecasts.AsSpan(0, cuts), transform);
        if (errors.Count < 2)
            return SeasonalNaiveFallback.Fit(values, seasons, horizon, transform);

        double[] meanErrors = errors.MeanOver(leftOut: -1);
        double[] weights = PoolWeights.FromErrors(meanErrors);
        double[] centre = CandidateForecasts.WeightedMean(forecasts[cuts], weights);
        ErrorDistribution distribution = ErrorDistribution.Estimate(errors.PoolResiduals(out double[][] levels), levels, centre, seasons.Cycle);
        return new PoolFit(centre, transform, distribution, candidates, meanErrors, weights, errors.Count) { Seasons = seasons };
    }

    public static PoolFit Fallback(double[] centre, ValueTransform transform, ErrorDistribution errors, SeasonLengths seasons)
        => new(centre, transform, errors, [], [], [], 0) { Seasons = seasons };
}
