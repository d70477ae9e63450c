
namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>
/// Window, rank and method chosen by rolling origin: up to 16 origins over the last eight horizons, at most half the series. For each
/// window one decomposition serves all ranks, as components are nested. A candidate is as good as the best when its squared errors
/// exceed the best one's by no more than half a standard error of their differences over the origins, or 1 % of the root mean square:
/// among those the least effective rank is chosen, then the shortest window, then the least error (the one-standard-error rule of
/// Breiman, Friedman, Olshen and Stone, Classification and Regression Trees, 1984, section 3.4.3, at half its width).
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class SsaSelection
{
    private const double StandardErrors = 0.5;
    private const double Tie = 0.01;
    private const int MostOrigins = 16;
    private const int Horizons = 8;
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

    /// <summary>Every rank and ridge of each window and method, least error first.</summary>
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
        horizon = Math.Min(horizon, Math.Max(1, series.Length / 6));
        int first = Math.Max(series.Length / 2, series.Length - (Horizons * horizon));
        int[] origins = Origin(first, series.Length - horizon);
        var search = new SsaCandidateSearch(series, origins, horizon, options);
        foreach (int window in Windows(options, season, horizon, first))
        {
            search.Add(window, cancellationToken);
        }

        List<SsaCandidate> candidates = search.Candidates;

        if (candidates.Count == 0)
        {
            SsaDecomposition.Check(series, options.WindowLength ?? 2, options.Rank ?? 1);
            throw new ForecastException($"WindowLength {options.WindowLength} with Rank {options.Rank ?? 1} leaves no forecast to judge: {first} of the {series.Length} observations precede the first origin. Lower WindowLength or give window and rank both.");
        }

        candidates.Sort((a, b) => a.RootMeanSquareError.CompareTo(b.RootMeanSquareError));
        SsaCandidate chosen = candidates.Where(c => IsAsGood(c, candidates[0])).MinBy(c => (Math.Round(c.EffectiveRank, 6), c.WindowLength, c.RootMeanSquareError))!;
        return new SsaSelection(chosen, candidates.AsReadOnly(), horizon, origins.Length);
    }

    /// <summary>The choice as something to fit.</summary>
    internal SsaSpecification Specification(SsaOptions options) => new()
    {
        WindowLength = WindowLength,
        Rank = Rank,
        Method = Method,
        SubtractMean = options.SubtractMean,
        Ridge = Chosen.Ridge ?? SsaOptions.DefaultRidge,
        Horizon = options.Horizon ?? Horizon,
    };

    private static bool IsAsGood(SsaCandidate candidate, SsaCandidate best)
    {
        int count = best.SquaredErrors.Length;
        double mean = 0;
        double squares = 0;
        for (int o = 0; o < count; o++)
        {
            mean += (candidate.SquaredErrors[o] - best.SquaredErrors[o]) / count;
        }

        for (int o = 0; o < count; o++)
        {
            double deviation = candidate.SquaredErrors[o] - best.SquaredErrors[o] - mean;
            squares += deviation * deviation;
        }

        double standardError = count > 1 ? Math.Sqrt(squares / (count - 1) / count) : 0;
        return mean <= StandardErrors * standardError || candidate.RootMeanSquareError <= best.RootMeanSquareError * (1 + Tie);
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

    /// <summary>Multiples of the longest season up to half the values before the first origin; the horizon and fractions of those values without a season.</summary>
    private static List<int> Windows(SsaOptions options, int season, int horizon, int count)
    {
        int half = count / 2;
        if (options.WindowLength is { } given)
        {
            return given < count ? [given] : [];
        }

        SortedSet<int> windows = [];
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
            // A window shorter than the horizon cannot show what it is to forecast.
            windows.Add(Math.Min(horizon, half));
            foreach (int part in (ReadOnlySpan<int>)[2, 3, 5, 10])
            {
                windows.Add(Math.Max(Math.Min(horizon, half), Math.Min(LongestWindow, count / part)));
            }
        }

        windows.RemoveWhere(w => w < 2);
        return [.. windows];
    }
}
