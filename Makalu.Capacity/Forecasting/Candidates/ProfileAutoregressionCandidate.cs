namespace Makalu.Capacity.Forecasting.Candidates;

/// <summary>The season profile plus an autoregression of what remains on its last two values and the one a short season ago.</summary>
internal sealed class ProfileAutoregressionCandidate(string name, int cycles, double retention, double shrinkToShort) : Candidate
{
    private const double Ridge = 1e-3;

    public override string Name => name;

    public override int MinimumHistory(SeasonLengths seasons) => seasons.Short < 3 ? int.MaxValue : 2 * seasons.Profile;

    public override double[] Forecast(in CandidateInput input)
    {
        SeasonLengths seasons = input.Seasons;
        int season = seasons.Profile;
        double[] profile = SeasonProfile.Of(input.Transformed, season, cycles, retention, robust: false);
        SeasonProfile.ShrinkToShortSeason(profile, seasons.Short, shrinkToShort);
        int used = season * SeasonProfile.CyclesIn(input.Transformed.Length, season, cycles);
        double[] remainder = SeasonProfile.Remainder(input.Transformed[^used..], profile);
        double[] forecast = Autoregression.Forecast(remainder, [1, 2, seasons.Short], input.Horizon, Ridge);
        for (int h = 0; h < forecast.Length; h++)
        {
            forecast[h] += profile[h % season];
        }

        return forecast;
    }
}
