namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>
/// The errors by rolling origin of every rank, method and ridge for one window after another. A short history is decomposed afresh
/// before each origin; of a longer one the values before the first origin serve all origins, as later ones are only projected.
/// </summary>
internal sealed class SsaCandidateSearch
{
    private const int ShortSeries = 400;
    private const int LongestRidgeWindow = 512;
    private const int FewestRidgeWindows = 3;
    private static readonly double[] s_ridges = [0.01, 0.1, 1, 10];
    private readonly double[] _series;
    private readonly int[] _origins;
    private readonly int _horizon;
    private readonly SsaOptions _options;
    private readonly List<SsaCandidate> _candidates = [];

    public SsaCandidateSearch(ReadOnlySpan<double> series, int[] origins, int horizon, SsaOptions options)
    {
        _series = series.ToArray();
        _origins = origins;
        _horizon = horizon;
        _options = options;
    }

    public List<SsaCandidate> Candidates => _candidates;

    /// <summary>Judges a window; adds nothing where it leaves no forecast before the first origin.</summary>
    public void Add(int window, CancellationToken cancellationToken)
    {
        int first = _origins[0];
        int most = Math.Min(Math.Min(window - 1, first - window + 1), Math.Max(_options.Rank ?? 0, _options.MaxRank));
        if (most < 1 || _options.Rank > most)
        {
            return;
        }

        most = _options.Rank ?? most;
        int[] ends = _series.Length <= ShortSeries ? _origins : [first];
        SsaDecomposition[] decompositions = [.. ends.Select(end => SsaDecomposition.Decompose(_series.AsSpan(0, end), window, most, _options.SubtractMean, null, cancellationToken))];
        int rank = AddHardRanks(SsaForecastMethod.Recurrent, decompositions, cancellationToken);
        int vectorRank = AddHardRanks(SsaForecastMethod.Vector, decompositions, cancellationToken);
        AddRidges(decompositions[0], Math.Max(1, vectorRank > 0 ? vectorRank : rank), cancellationToken);
    }

    /// <summary>Adds every rank whose forecast is defined at all origins; returns the best, or 0.</summary>
    private int AddHardRanks(SsaForecastMethod method, SsaDecomposition[] decompositions, CancellationToken cancellationToken)
    {
        if (_options.Method is { } asked && asked != method && !(asked == SsaForecastMethod.Ridge && method == SsaForecastMethod.Vector))
        {
            return 0;
        }

        double[][] errors = decompositions.Length == 1
            ? new SsaRankJudge(decompositions[0], _series, _origins, _horizon).SquaredErrors(method, cancellationToken)
            : [.. decompositions.Select((d, o) => new SsaRankJudge(d, _series, [_origins[o]], _horizon).SquaredErrors(method, cancellationToken)[0])];

        // Where the values before an origin have fewer components than rounding, more of them change nothing.
        int ranks = errors.Max(e => e.Length);
        SsaCandidate? best = null;
        for (int r = _options.Rank ?? 1; r <= ranks; r++)
        {
            double[] squares = [.. errors.Select(e => e[Math.Min(r, e.Length) - 1])];
            if (!squares.All(double.IsFinite))
            {
                continue;
            }

            var candidate = new SsaCandidate { WindowLength = decompositions[0].WindowLength, Rank = r, Method = method, EffectiveRank = r, RootMeanSquareError = Math.Sqrt(squares.Average()), SquaredErrors = squares };
            best = best is null || candidate.RootMeanSquareError < 0.99 * best.RootMeanSquareError ? candidate : best;
            if (_options.Method is null || _options.Method == method)
            {
                _candidates.Add(candidate);
            }
        }

        return best?.Rank ?? 0;
    }

    /// <summary>Adds the ridges; the rank that comes with them makes the reconstruction only.</summary>
    private void AddRidges(SsaDecomposition decomposition, int rank, CancellationToken cancellationToken)
    {
        int window = decomposition.WindowLength;
        bool isTooLong = window > LongestRidgeWindow && _options.Method != SsaForecastMethod.Ridge;
        if (isTooLong || (_options.Method is { } asked && asked != SsaForecastMethod.Ridge))
        {
            return;
        }

        // What a model of this window will forecast at once; the rest of the horizon follows from it block by block.
        int block = Math.Min(_horizon, window);
        if (window + block + FewestRidgeWindows - 1 > _origins[0])
        {
            return;
        }

        double lower = _series.Min(), upper = _series.Max();
        (lower, upper) = (lower - (upper - lower), upper + (upper - lower));
        foreach (double ridge in _options.Ridge is { } given ? [given] : s_ridges)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var options = new RidgeSsaOptions { WindowLength = window, Horizon = block, Ridge = ridge, Intercept = true };
            double[] squares = block == _horizon ? AtOnce(options) : InBlocks(options, lower, upper);
            _candidates.Add(new SsaCandidate
            {
                WindowLength = window,
                Rank = rank,
                Method = SsaForecastMethod.Ridge,
                Ridge = ridge,
                EffectiveRank = EffectiveRank(decomposition, ridge),
                RootMeanSquareError = Math.Sqrt(squares.Average()),
                SquaredErrors = squares,
            });
        }
    }

    private double[] AtOnce(RidgeSsaOptions options)
    {
        double[][] forecasts = RidgeSsa.Forecast(_series, _origins, options);
        return [.. forecasts.Select((f, o) => MeanSquare(f, _origins[o]))];
    }

    private double[] InBlocks(RidgeSsaOptions options, double lower, double upper)
    {
        double[] squares = new double[_origins.Length];
        double[] forecast = new double[_horizon];
        for (int o = 0; o < squares.Length; o++)
        {
            RidgeSsaMap map = RidgeSsa.Map(_series.AsSpan(0, _origins[o]), options);
            map.Continue(_series.AsSpan(_origins[o] - options.WindowLength, options.WindowLength), lower, upper, forecast);
            squares[o] = MeanSquare(forecast, _origins[o]);
        }

        return squares;
    }

    private double MeanSquare(double[] forecast, int origin)
    {
        double sum = 0;
        for (int h = 0; h < forecast.Length; h++)
        {
            double error = forecast[h] - _series[origin + h];
            sum += error * error;
        }

        return sum / forecast.Length;
    }

    /// <summary>Σ s ÷ (s + λ̄), the components left out counted with the mean of what they share.</summary>
    private static double EffectiveRank(SsaDecomposition decomposition, double ridge)
    {
        double trace = decomposition.Subspace.Trace;
        double level = ridge * trace / decomposition.WindowLength;
        double rank = 0;
        double left = trace;
        foreach (double eigenvalue in decomposition.Eigenvalues)
        {
            rank += level > 0 ? Math.Max(0, eigenvalue) / (Math.Max(0, eigenvalue) + level) : 0;
            left -= eigenvalue;
        }

        int others = decomposition.WindowLength - decomposition.ComponentCount;
        double share = others > 0 ? Math.Max(0, left) / others : 0;
        return rank + (share > 0 ? others * share / (share + level) : 0);
    }
}
