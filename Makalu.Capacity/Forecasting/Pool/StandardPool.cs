using Makalu.Capacity.Forecasting.Candidates;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>The pool's members.</summary>
internal static class StandardPool
{
    public static IReadOnlyList<Candidate> Candidates { get; } =
    [
        new RidgeSsaCandidate("ssa", windowSeasons: 4, ridge: 1e-4),
        new ProfileSsaCandidate("profile + long ssa") { Cycles = 5, Retention = 0.85, Robust = true, WindowSeasons = 7, CentreByLongSeason = true, Ridge = 0.2, RemainderShare = 0.8 },
        new ProfileSsaCandidate("profile + short ssa") { Cycles = 5, Retention = 0.7, WindowSeasons = 1, Ridge = 0.05, RecentOnly = true },
        new ProfileAutoregressionCandidate("profile + autoregression", cycles: 4, retention: 0.8, shrinkToShort: 0.3),
        new ProfileSsaCandidate("day profile + ssa") { Cycles = 2, Retention = 0.7, ShrinkToShort = 1, WindowSeasons = 3, Ridge = 0.05 },
        new DriftingSeasonalNaiveCandidate(),
        new LowRankSeasonsCandidate(),
        new ShrunkenProfileCandidate(),
        new HarmonicRegressionCandidate(),
        new LearnedLevelCandidate(),
        new ExponentialSmoothingCandidate(),
    ];

    /// <param name="count">The values known at the earliest origin.</param>
    /// <param name="seasons">The seasons.</param>
    /// <param name="onlyLight">Whether the members that take most of the time are left out: they need a tenth of it.</param>
    public static Candidate[] For(int count, SeasonLengths seasons, bool onlyLight = false)
        => [.. Candidates.Where(c => c.MinimumHistory(seasons) <= count && (!onlyLight || IsLight(c, seasons)))];

    private static bool IsLight(Candidate candidate, SeasonLengths seasons)
        => candidate is ProfileAutoregressionCandidate or ShrunkenProfileCandidate or LearnedLevelCandidate or DriftingSeasonalNaiveCandidate
        || (candidate is ExponentialSmoothingCandidate && seasons.Short == 0);
}
