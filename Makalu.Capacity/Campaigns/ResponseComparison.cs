using Makalu.Capacity.Series;

namespace Makalu.Capacity.Campaigns;

/// <summary>
/// Compares the multiplicative and the additive response by rolling origin over the past campaigns: each fit's amplitudes of the campaigns
/// before tell the next few, whose courses are held against the traffic. The multiplicative one is left only on clear evidence.
/// </summary>
internal static class ResponseComparison
{
    /// <summary>Fewer past campaigns do not tell the two apart.</summary>
    public const int FewestCampaigns = 12;

    private const int Folds = 6;
    private const double NeededGain = 0.1;
    private const double NeededStandardErrors = 2;

    /// <summary>The part of a course that is judged: where the profile is above this.</summary>
    private const double CoreOfProfile = 0.3;

    public static ResponseChoice TooFew(int campaigns) => new()
    {
        Additive = false,
        Reason = FormattableString.Invariant($"Campaigns are taken to multiply the traffic; whether they rather add to it is judged once {FewestCampaigns} are past; there are {campaigns}."),
    };

    /// <summary>Judges two fits of one history.</summary>
    /// <param name="multiplicative">The fit on the multiplicative scale.</param>
    /// <param name="additive">The fit on the additive scale, of the same clusters.</param>
    /// <param name="deviations">Log traffic less log baseline.</param>
    /// <param name="prior">What is believed of amplitudes beforehand.</param>
    public static ResponseChoice Judge(CampaignResponse multiplicative, CampaignResponse additive, TimeSeries deviations, AmplitudePrior prior)
    {
        double[] first = Losses(multiplicative, deviations, prior), second = Losses(additive, deviations, prior);
        int[] judged = [.. Enumerable.Range(0, first.Length).Where(i => !double.IsNaN(first[i]) && !double.IsNaN(second[i]))];
        if (judged.Length < FewestCampaigns / 2)
            return TooFew(multiplicative.Past.Count);
        double own = judged.Average(i => first[i]), other = judged.Average(i => second[i]);
        double gain = own - other;
        double squares = judged.Sum(i => (first[i] - second[i] - gain) * (first[i] - second[i] - gain));
        double standardError = Math.Sqrt(squares / (judged.Length - 1) / judged.Length);
        bool takesAdditive = gain >= NeededGain * own && gain >= NeededStandardErrors * standardError;
        return new ResponseChoice
        {
            Additive = takesAdditive,
            Judged = judged.Length,
            MultiplicativeError = own,
            AdditiveError = other,
            Reason = takesAdditive
                ? FormattableString.Invariant($"Campaigns add the same requests at any time of the day: told so, {judged.Length} past campaigns were off by {other:0.000} on the logarithm, and by {own:0.000} if they multiplied the traffic.")
                : FormattableString.Invariant($"Campaigns multiply the traffic of their time: told so, {judged.Length} past campaigns were off by {own:0.000} on the logarithm, and by {other:0.000} if they added to it{(gain > 0 ? ", which is not clear evidence" : "")}."),
        };
    }

    /// <summary>For each past cluster the mean absolute error of its course as told from those before; NaN where none was told.</summary>
    private static double[] Losses(CampaignResponse response, TimeSeries deviations, AmplitudePrior prior)
    {
        int n = response.Past.Count, first = Math.Max(FewestCampaigns / 2, n / 3);
        var losses = new double[n];
        Array.Fill(losses, double.NaN);
        for (int fold = 0; fold < Folds; fold++)
        {
            int from = first + ((n - first) * fold / Folds), to = first + ((n - first) * (fold + 1) / Folds);
            if (to == from)
                continue;
            AmplitudeModel model = AmplitudeModel.Fit(prior, response.FeaturesOfPast[..from], response.Amplitudes[..from]);
            for (int j = from; j < to; j++)
                losses[j] = Loss(response, j, model.Predict(response.FeaturesOfPast[j]).Mean, deviations);
        }

        return losses;
    }

    private static double Loss(CampaignResponse response, int past, double amplitude, TimeSeries deviations)
    {
        CampaignCluster cluster = response.Past[past];
        ResponseProfile profile = response.ProfileOf(cluster);
        (int from, int to) = ResponseRows.Reach(cluster, profile, deviations.Start, deviations.Step, deviations.Count);
        double sum = 0;
        int count = 0;
        for (int i = from; i < to; i++)
        {
            double share = ResponseRows.ValueOf(deviations.TimeAt(i), deviations.Step, cluster, profile);
            if (share < CoreOfProfile || double.IsNaN(deviations[i]) || response.IsReachedByAnother(past, deviations.TimeAt(i)))
                continue;
            sum += Math.Abs(deviations[i] - response.Scale.Deviation(amplitude * share, i));
            count++;
        }

        return count == 0 ? double.NaN : sum / count;
    }
}
