namespace Makalu.Capacity.Forecasting.Candidates;

/// <summary>
/// The profile over the long season as the sum of a mean short season, a level for each of its short seasons, and what
/// remains, the latter two shrunk by how far they stand out from the noise between seasons; plus an autoregression of the
/// remainder. For noisy series, whose plain profile carries the noise of few seasons.
/// </summary>
internal sealed class ShrunkenProfileCandidate : Candidate
{
    private const int Cycles = 8;
    private const double Retention = 0.9;
    private const double Ridge = 1e-3;

    public override string Name => "shrunken profile + autoregression";

    public override int MinimumHistory(SeasonLengths seasons) => seasons.Long == 0 || seasons.Short < 3 ? int.MaxValue : 2 * seasons.Long;

    public override double[] Forecast(in CandidateInput input)
    {
        int season = input.Seasons.Long;
        int day = input.Seasons.Short;
        ReadOnlySpan<double> values = input.Transformed;
        int cycles = SeasonProfile.CyclesIn(values.Length, season, Cycles);
        double[] profile = ShrunkenProfile.Of(values, season, day, cycles, Retention);

        double[] remainder = SeasonProfile.Remainder(values[^(season * cycles)..], profile);
        double[] forecast = Autoregression.Forecast(remainder, [1, 2, day], input.Horizon, Ridge);
        for (int h = 0; h < forecast.Length; h++)
        {
            forecast[h] += profile[h % season];
        }

        return forecast;
    }
}
