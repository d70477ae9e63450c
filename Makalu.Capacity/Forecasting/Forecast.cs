using System.Collections.Concurrent;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// A forecast as sample paths: each path is one way the future may go, with the right correlation from step to step, so that
/// quantiles of a maximum, of a sum or of a duration can be read off, which pointwise quantiles do not allow.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
[TypeFormatterSource(TypeFormatterSourceAttribute.Notebook)]
public sealed class Forecast
{
    /// <summary>What plans, reports and files ask for.</summary>
    private static readonly double[] UsualQuantiles = [0.05, 0.5, 0.9, 0.95, 0.99];

    private const int StepsAtOnce = 16;

    private readonly SamplePaths _paths;
    private readonly ConcurrentDictionary<double, double[]> _quantiles = new();

    /// <summary>Creates a forecast that copies <paramref name="paths"/>.</summary>
    /// <param name="start">The start of the first forecast step (the origin); converted to UTC.</param>
    /// <param name="step">The length of a step; greater than zero.</param>
    /// <param name="horizon">The number of steps; 1 or more.</param>
    /// <param name="paths">Path after path, each of <paramref name="horizon"/> values in requests per second, finite and at least 0.</param>
    /// <exception cref="ArgumentException">The length of <paramref name="paths"/> is not a positive multiple of the horizon, or a value is negative or not finite.</exception>
    public Forecast(DateTimeOffset start, TimeSpan step, int horizon, ReadOnlySpan<double> paths)
        : this(start, step, Checked(horizon, paths.ToArray()))
    {
    }

    private Forecast(DateTimeOffset start, TimeSpan step, SamplePaths paths)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(step, TimeSpan.Zero);
        Start = start.ToUniversalTime();
        Step = step;
        Horizon = paths.Horizon;
        _paths = paths;
    }

    private static SamplePaths Checked(int horizon, double[] paths)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        if (paths.Length == 0 || paths.Length % horizon != 0)
        {
            throw new ArgumentException(FormattableString.Invariant($"{paths.Length} path values do not fill whole paths of {horizon} steps. Pass horizon × path count values."), nameof(paths));
        }

        for (int i = 0; i < paths.Length; i++)
        {
            if (!(paths[i] >= 0 && double.IsFinite(paths[i])))
            {
                throw new ArgumentException(FormattableString.Invariant($"Path {i / horizon}, step {i % horizon} is {paths[i]}; rates must be finite and at least 0."), nameof(paths));
            }
        }

        return SamplePaths.Of(new BasePaths(paths, horizon));
    }

    /// <summary>Takes ownership of <paramref name="paths"/>, which the caller must not touch again.</summary>
    internal static Forecast FromOwned(DateTimeOffset start, TimeSpan step, int horizon, double[] paths, IReadOnlyList<CampaignEffect>? effects = null, string model = "", ForecastReport? report = null)
        => FromShared(start, step, Checked(horizon, paths), effects, model, report);

    /// <summary>A forecast whose paths are in part those of others.</summary>
    internal static Forecast FromShared(DateTimeOffset start, TimeSpan step, SamplePaths paths, IReadOnlyList<CampaignEffect>? effects = null, string model = "", ForecastReport? report = null)
        => new(start, step, paths) { CampaignEffects = effects ?? [], Model = model, Report = report };

    /// <summary>The start of the first forecast step: the origin, UTC.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>The length of a step.</summary>
    public TimeSpan Step { get; }

    /// <summary>The number of forecast steps.</summary>
    public int Horizon { get; }

    /// <summary>The end of the last forecast step, exclusive, UTC.</summary>
    public DateTimeOffset End => Start + (Step * Horizon);

    /// <summary>The number of sample paths.</summary>
    public int PathCount => _paths.PathCount;

    /// <summary>The name of the model that made the forecast.</summary>
    public string Model { get; init; } = "";

    /// <summary>What each planned or running campaign does to the forecast; empty without campaigns.</summary>
    public IReadOnlyList<CampaignEffect> CampaignEffects { get; init; } = [];

    /// <summary>How the forecast came about, or null where the model does not tell.</summary>
    public ForecastReport? Report { get; init; }

    /// <summary>The same paths with another report.</summary>
    internal Forecast With(ForecastReport report)
        => new(Start, Step, _paths) { CampaignEffects = CampaignEffects, Model = Model, Report = report, Questions = Questions };

    /// <summary>The same forecast, with what other plans can be asked of.</summary>
    internal Forecast With(IPlannedForecasts questions)
        => new(Start, Step, _paths) { CampaignEffects = CampaignEffects, Model = Model, Report = Report, Questions = questions };

    /// <summary>What forecasts of other plans with the same luck can be asked of; null where it is not kept.</summary>
    internal IPlannedForecasts? Questions { get; private init; }

    /// <summary>The sample paths as what they share with others and where they differ.</summary>
    internal SamplePaths Paths => _paths;

    /// <summary>The start of forecast step <paramref name="step"/>, UTC.</summary>
    /// <param name="step">0 to <see cref="Horizon"/> − 1.</param>
    public DateTimeOffset TimeAt(int step) => Start + (Step * step);

    /// <summary>Sample path <paramref name="path"/>: one rate in requests per second for each step.</summary>
    /// <param name="path">0 to <see cref="PathCount"/> − 1.</param>
    public ReadOnlySpan<double> Path(int path) => _paths.Whole().AsSpan(path * Horizon, Horizon);

    /// <summary>The mean over the paths: one value in requests per second for each step.</summary>
    public double[] Mean()
    {
        var mean = new double[Horizon];
        for (int p = 0; p < PathCount; p++)
        {
            System.Numerics.Tensors.TensorPrimitives.Add(mean, Path(p), mean);
        }

        System.Numerics.Tensors.TensorPrimitives.Divide(mean, PathCount, mean);
        return mean;
    }

    /// <summary>The pointwise quantile: one value in requests per second for each step.</summary>
    /// <param name="probability">Between 0 and 1, both excluded.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> is not within (0, 1).</exception>
    public double[] Quantile(double probability) => Quantiles([probability])[0];

    /// <summary>Pointwise quantiles, which never cross: for each probability one array of a value per step.</summary>
    /// <param name="probabilities">Each between 0 and 1, both excluded.</param>
    /// <exception cref="ArgumentOutOfRangeException">A probability is not within (0, 1).</exception>
    public double[][] Quantiles(ReadOnlySpan<double> probabilities)
    {
        foreach (double probability in probabilities)
        {
            Numerics.SampleQuantile.ThrowIfNotProbability(probability);
        }

        // Sorting every step's paths is the work: what plans and reports ask of one forecast is found in one pass and kept.
        double[] missing = [.. probabilities.ToArray().Where(p => !_quantiles.ContainsKey(p))];
        if (missing.Length > 0)
        {
            double[] sought = [.. missing.Concat(UsualQuantiles).Distinct()];
            double[][] found = SortedQuantiles(sought);
            for (int q = 0; q < sought.Length; q++)
            {
                _quantiles.TryAdd(sought[q], found[q]);
            }
        }

        var result = new double[probabilities.Length][];
        for (int q = 0; q < result.Length; q++)
        {
            result[q] = (double[])_quantiles[probabilities[q]].Clone();
        }

        return result;
    }

    private double[][] SortedQuantiles(double[] probabilities)
    {
        var result = new double[probabilities.Length][];
        for (int q = 0; q < result.Length; q++)
        {
            result[q] = new double[Horizon];
        }

        // A few steps at once, which lie beside each other in each path's memory.
        double[][] columns = [.. Enumerable.Range(0, StepsAtOnce).Select(_ => new double[PathCount])];
        for (int first = 0; first < Horizon; first += StepsAtOnce)
        {
            int steps = Math.Min(StepsAtOnce, Horizon - first);
            for (int p = 0; p < PathCount; p++)
            {
                ReadOnlySpan<double> path = Path(p).Slice(first, steps);
                for (int h = 0; h < steps; h++)
                {
                    columns[h][p] = path[h];
                }
            }

            for (int h = 0; h < steps; h++)
            {
                Array.Sort(columns[h]);
                for (int q = 0; q < result.Length; q++)
                {
                    result[q][first + h] = Numerics.SampleQuantile.OfSorted(columns[h], probabilities[q]);
                }
            }
        }

        return result;
    }
}
