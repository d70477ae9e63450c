
namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>
/// Window, rank and method chosen by rolling origin: for each window one decomposition of the values before the first origin
/// serves all ranks, as components are nested, and all origins, as later values are only projected on it.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class SsaSelection
{
    private const double TieOfRanks = 0.01;
    private const double TieOfCandidates = 0.03;
    private const int MostOrigins = 6;
    private const int LongestWindow = 3000;

    private SsaSelection(SsaCandidate chosen, IReadOnlyList<SsaCandidate> candidates, int horizon, int origins)
    {
        Chosen = chosen;
        Candidates = candidates;
        Horizon = horizon;
        Origins = origins;
    }

    /// <summary>The choice.</summary>
    public SsaCandidate Chosen { get; }

    /// <summary>The best rank of each window and method, best first.</summary>
    public IReadOnlyList<SsaCandidate> Candidates { get; }

    /// <summary>The horizon the candidates were judged at.</summary>
    public int Horizon { get; }

    /// <summary>The number of origins.</summary>
    public int Origins { get; }

    /// <summary>The chosen window length.</summary>
    public int WindowLength => Chosen.WindowLength;

    /// <summary>The chosen rank.</summary>
    public int Rank => Chosen.Rank;

    /// <summary>The chosen method.</summary>
    public SsaForecastMethod Method => Chosen.Method;

    /// <summary>Chooses what the options leave out.</summary>
    /// <param name="series">Finite values, oldest first, 8 or more.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The choice and what it was chosen from.</returns>
    /// <exception cref="ArgumentException">An option does not fit the series.</exception>
    /// <exception cref="ForecastException">The series is too short for a window, an origin and a horizon.</exception>
    public static SsaSelection Select(ReadOnlySpan<double> series, SsaOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new SsaOptions();
        options.Validate();
        if (series.Length < 8)
        {
            throw new ForecastException($"SSA needs at least 8 observations; got {series.Length}. Supply {8 - series.Length} more.");
        }

        int[] seasons = options.SeasonLengths.Count > 0 ? [.. options.SeasonLengths.Order()] : SeasonDetection.Detect(series);
        int season = seasons.Length > 0 ? seasons[^1] : 0;
        int horizon = options.Horizon ?? Math.Clamp(season, 1, Math.Max(1, series.Length / 10));
        horizon = Math.Min(horizon, Math.Max(1, series.Length / 4));
        int first = Math.Max(series.Length / 2, series.Length - (4 * horizon));
        int[] origins = Origin(first, series.Length - horizon);
        var candidates = new List<SsaCandidate>();
        foreach (int window in Windows(options, season, first))
        {
            Judge(series, origins, horizon, window, options, candidates, cancellationToken);
        }

        if (candidates.Count == 0)
        {
            SsaDecomposition.Check(series, options.WindowLength ?? 2, options.Rank ?? 1);
            throw new ForecastException($"WindowLength {options.WindowLength} with Rank {options.Rank ?? 1} leaves no forecast to judge: {first} of the {series.Length} observations precede the first origin. Lower WindowLength or give window and rank both.");
        }

        candidates.Sort((a, b) => a.RootMeanSquareError.CompareTo(b.RootMeanSquareError));
        SsaCandidate chosen = candidates.Where(c => c.RootMeanSquareError <= candidates[0].RootMeanSquareError * (1 + TieOfCandidates)).MinBy(c => (c.Rank, c.WindowLength))!;
        return new SsaSelection(chosen, candidates.AsReadOnly(), horizon, origins.Length);
    }

    private static int[] Origin(int first, int last)
    {
        int count = Math.Clamp(last - first + 1, 1, MostOrigins);
        int[] origins = new int[count];
        for (int o = 0; o < count; o++)
        {
            origins[o] = count == 1 ? last : first + (int)((long)(last - first) * o / (count - 1));
        }

        return origins;
    }

    /// <summary>Multiples of the longest season up to half the values before the first origin; fractions of those without a season.</summary>
    private static List<int> Windows(SsaOptions options, int season, int count)
    {
        if (options.WindowLength is { } given)
        {
            return given < count ? [given] : [];
        }

        SortedSet<int> windows = [];
        int half = count / 2;
        int longest = Math.Min(half, LongestWindow);
        if (season >= 2 && season <= longest)
        {
            windows.Add(season);
            windows.Add(longest / season * season);
            for (int multiple = 2; (long)multiple * season <= longest; multiple *= 2)
            {
                windows.Add(multiple * season);
            }
        }
        else
        {
            foreach (int part in (ReadOnlySpan<int>)[2, 3, 5, 10])
            {
                windows.Add(Math.Min(LongestWindow, count / part));
            }
        }

        windows.RemoveWhere(w => w < 2);
        return [.. windows];
    }

    private static void Judge(ReadOnlySpan<double> series, int[] origins, int horizon, int window, SsaOptions options, List<SsaCandidate> candidates, CancellationToken cancellationToken)
    {
        int most = Math.Min(Math.Min(window - 1, origins[0] - window + 1), Math.Max(options.Rank ?? 0, options.MaxRank));
        if (most < 1 || options.Rank > most)
        {
            return;
        }

        SsaDecomposition decomposition = SsaDecomposition.Decompose(series[..origins[0]], window, options.Rank ?? most, options.SubtractMean, null, cancellationToken);
        var judge = new SsaRankJudge(decomposition, series, origins, horizon);
        foreach (SsaForecastMethod method in Enum.GetValues<SsaForecastMethod>())
        {
            if (options.Method is { } asked && asked != method)
            {
                continue;
            }

            double[] errors = judge.Errors(method, cancellationToken);
            int best = -1;
            for (int r = options.Rank ?? 1; r <= errors.Length; r++)
            {
                if (double.IsFinite(errors[r - 1]) && (best < 0 || errors[r - 1] < errors[best] * (1 - TieOfRanks)))
                {
                    best = r - 1;
                }
            }

            if (best >= 0)
            {
                candidates.Add(new SsaCandidate { WindowLength = window, Rank = best + 1, Method = method, RootMeanSquareError = errors[best] });
            }
        }
    }
}
