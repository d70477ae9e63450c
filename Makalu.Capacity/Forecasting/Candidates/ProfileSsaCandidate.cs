namespace Makalu.Capacity.Forecasting.Candidates;

/// <summary>The season profile plus ridge SSA on what remains.</summary>
internal sealed class ProfileSsaCandidate : Candidate
{
    public ProfileSsaCandidate(string name) => Name = name;

    public override string Name { get; }

    /// <summary>The most seasons in the profile.</summary>
    public required int Cycles { get; init; }

    /// <summary>The weight of a season relative to the one after it.</summary>
    public required double Retention { get; init; }

    /// <summary>How far the profile is drawn to that of the short season, 0 to 1.</summary>
    public double ShrinkToShort { get; init; }

    /// <summary>Whether values that stand out count less in the profile.</summary>
    public bool Robust { get; init; }

    /// <summary>The SSA window in short seasons.</summary>
    public required int WindowSeasons { get; init; }

    /// <summary>Whether windows are centred by their last long season instead of their last short one.</summary>
    public bool CentreByLongSeason { get; init; }

    /// <summary>The ridge as a part of the mean eigenvalue.</summary>
    public required double Ridge { get; init; }

    /// <summary>How much of the remainder's forecast is believed.</summary>
    public double RemainderShare { get; init; } = 1;

    /// <summary>Whether SSA sees only the seasons that the profile was made of.</summary>
    public bool RecentOnly { get; init; }

    public override int MinimumHistory(SeasonLengths seasons) => seasons.Short == 0 ? int.MaxValue : 2 * seasons.Profile;

    public override double[] Forecast(in CandidateInput input)
    {
        SeasonLengths seasons = input.Seasons;
        ReadOnlySpan<double> values = input.Transformed;
        int season = seasons.Profile;
        double[] profile = SeasonProfile.Of(values, season, Cycles, Retention, Robust);
        SeasonProfile.ShrinkToShortSeason(profile, seasons.Short, ShrinkToShort);
        if (RecentOnly)
        {
            values = values[^(season * SeasonProfile.CyclesIn(values.Length, season, Cycles))..];
        }

        double[] remainder = SeasonProfile.Remainder(values, profile);
        int centre = CentreByLongSeason ? season : seasons.Short;
        double[] forecast = HankelRidge.Forecast(remainder, WindowSeasons * seasons.Short, input.Horizon, 2 * seasons.Short, Ridge, centre);
        for (int h = 0; h < forecast.Length; h++)
        {
            forecast[h] = profile[h % season] + (RemainderShare * forecast[h]);
        }

        return forecast;
    }
}
