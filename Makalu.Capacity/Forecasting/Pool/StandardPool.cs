using Makalu.Capacity.Forecasting.Candidates;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>The pool's members, and the names by which each is a model of its own.</summary>
internal static class StandardPool
{
    private static readonly (string Model, Candidate Candidate)[] _members =
    [
        ("ridge-ssa", new RidgeSsaCandidate("ssa", windowSeasons: 4, ridge: 1e-4)),
        ("profile-long-ssa", new ProfileSsaCandidate("profile + long ssa") { Cycles = 5, Retention = 0.85, Robust = true, WindowSeasons = 7, CentreByLongSeason = true, Ridge = 0.2, RemainderShare = 0.8 }),
        ("profile-short-ssa", new ProfileSsaCandidate("profile + short ssa") { Cycles = 5, Retention = 0.7, WindowSeasons = 1, Ridge = 0.05, RecentOnly = true }),
        ("profile-autoregression", new ProfileAutoregressionCandidate("profile + autoregression", cycles: 4, retention: 0.8, shrinkToShort: 0.3)),
        ("day-profile-ssa", new ProfileSsaCandidate("day profile + ssa") { Cycles = 2, Retention = 0.7, ShrinkToShort = 1, WindowSeasons = 3, Ridge = 0.05 }),
        ("seasonal-naive-drift", new DriftingSeasonalNaiveCandidate()),
        ("low-rank-seasons", new LowRankSeasonsCandidate()),
        ("shrunken-profile", new ShrunkenProfileCandidate()),
        ("harmonic-regression", new HarmonicRegressionCandidate()),
        ("learned-level", new LearnedLevelCandidate()),
        ("exponential-smoothing", new ExponentialSmoothingCandidate()),
    ];

    /// <summary>Those that are models but no members of the pool, which holds the same thing in a better form.</summary>
    private static readonly (string Model, Candidate Candidate)[] _others = [("seasonal-mean", new SeasonalMeanCandidate())];

    public static IReadOnlyList<Candidate> Candidates { get; } = [.. _members.Select(m => m.Candidate)];

    /// <summary>What <c>--model</c> takes for a single one.</summary>
    public static IReadOnlyList<string> Models { get; } = [.. _members.Concat(_others).Select(m => m.Model)];

    /// <summary>The candidate of a model's name; null where there is none.</summary>
    public static Candidate? Named(string model) => _members.Concat(_others).FirstOrDefault(m => m.Model == model).Candidate;

    /// <param name="count">The values known at the earliest origin.</param>
    /// <param name="seasons">The seasons.</param>
    /// <param name="onlyLight">Whether the members that take most of the time are left out: they need a tenth of it.</param>
    public static Candidate[] For(int count, SeasonLengths seasons, bool onlyLight = false)
        => [.. Candidates.Where(c => c.MinimumHistory(seasons) <= count && (!onlyLight || IsLight(c, seasons)))];

    private static bool IsLight(Candidate candidate, SeasonLengths seasons)
        => candidate is ProfileAutoregressionCandidate or ShrunkenProfileCandidate or LearnedLevelCandidate or DriftingSeasonalNaiveCandidate
        || (candidate is ExponentialSmoothingCandidate && seasons.Short == 0);
}
