namespace Makalu.Capacity.Forecasting.Candidates;

/// <summary>The weighted mean of the last seasons, step by step: what repeating the last one becomes when its noise is averaged out.</summary>
internal sealed class SeasonalMeanCandidate : Candidate
{
    private const int Cycles = 4;
    private const double Retention = 0.8;

    public override string Name => "seasonal mean";

    public override int MinimumHistory(SeasonLengths seasons) => seasons.Short == 0 ? int.MaxValue : 2 * seasons.Profile;

    public override double[] Forecast(in CandidateInput input)
    {
        double[] profile = SeasonProfile.Of(input.Transformed, input.Seasons.Profile, Cycles, Retention, robust: false);
        var forecast = new double[input.Horizon];
        for (int h = 0; h < forecast.Length; h++)
        {
            forecast[h] = profile[h % profile.Length];
        }

        return forecast;
    }
}
