using Makalu.Capacity.Forecasting.Candidates;

namespace Makalu.Capacity.Forecasting.Boosting;

/// <summary>
/// Gradient boosting on lags, the calendar and campaigns, one model over all series of a fleet: corrections to the last day. At origins
/// within the history the trees are those that were grown on what lies before all of these origins.
/// </summary>
/// <param name="judged">The trees for origins within the history.</param>
/// <param name="whole">The trees for the future.</param>
/// <param name="times">The times of steps, 0 being the first after the history.</param>
internal sealed class BoostingCandidate(BoostedTrees judged, BoostedTrees whole, StepTimes times) : Candidate
{
    public override string Name => BoostingForecaster.ModelName;

    public override bool IsOnLogarithm => true;

    public override int MinimumHistory(SeasonLengths seasons) => BoostingFeatures.Needs(seasons);

    public override double[] Forecast(in CandidateInput input)
    {
        BoostedTrees trees = input.Withheld == 0 ? whole : judged;
        int count = input.Transformed.Length;
        var extended = new double[count + input.Horizon];
        input.Transformed.CopyTo(extended);
        int block = BoostingFeatures.Block(input.Seasons);
        Span<float> row = stackalloc float[BoostingFeatures.Count];
        for (int done = 0; done < input.Horizon; done += block)
        {
            var features = new BoostingFeatures(extended.AsSpan(0, count + done), input.Seasons, times.Earlier(input.Withheld - done));
            for (int ahead = 0; ahead < Math.Min(block, input.Horizon - done); ahead++)
            {
                features.Fill(ahead, row);
                extended[count + done + ahead] = features.FromScales(trees.Predict(row), ahead);
            }
        }

        return extended[count..];
    }
}
