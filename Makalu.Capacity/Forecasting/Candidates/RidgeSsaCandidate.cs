namespace Makalu.Capacity.Forecasting.Candidates;

/// <summary>Ridge SSA on the series itself, with a window of some short seasons: follows the level and the drift of each frequency.</summary>
internal sealed class RidgeSsaCandidate(string name, int windowSeasons, double ridge) : Candidate
{
    public override string Name => name;

    public override int MinimumHistory(SeasonLengths seasons) => 2 * windowSeasons * seasons.Cycle;

    public override double[] Forecast(in CandidateInput input)
    {
        int cycle = input.Seasons.Cycle;
        return HankelRidge.Forecast(input.Transformed, windowSeasons * cycle, input.Horizon, 2 * cycle, ridge, cycle);
    }
}
