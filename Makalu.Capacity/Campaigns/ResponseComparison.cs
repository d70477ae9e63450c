using Makalu.Capacity.Series;
using MathNet.Numerics.Distributions;

namespace Makalu.Capacity.Campaigns;

/// <summary>
/// Compares the multiplicative and the additive response by rolling origin over the past campaigns: each fit's amplitudes of the campaigns
/// before tell the next few, whose courses are held against the traffic. The multiplicative one is left only on clear evidence, and a kind leaves
/// what holds for the history only on clear evidence of its own.
/// </summary>
internal static class ResponseComparison
{
    /// <summary>Fewer past campaigns do not tell the two apart.</summary>
    public const int FewestCampaigns = 12;

    /// <summary>With fewer campaigns judged a kind is taken as the history is.</summary>
    private const int FewestOfKind = 4;

    private const int Folds = 6;
    private const double NeededGain = 0.1;
    private const double NeededStandardErrors = 2;

    /// <summary>The chance that so large a gain of a kind is luck.</summary>
    private const double KindSignificance = 0.1;
    private const double NeededKindGain = 0.05;

    /// <summary>The part of a course that is judged: where the profile is above this.</summary>
    private const double CoreOfProfile = 0.3;

    public static ResponseChoice TooFew(int campaigns) => new()
    {
        Additive = false,
        Reason = FormattableString.Invariant($"Campaigns are taken to multiply the traffic; whether they rather add to it is judged once {FewestCampaigns} are past; there are {campaigns}."),
    };

    /// <summary>Chooses the scale of each kind, and gives the fit with it.</summary>
    /// <param name="multiplicative">The fit in which every kind multiplies.</param>
    /// <param name="additive">The scale of the kinds that add.</param>
    /// <param name="fit">Fits the same clusters on other scales.</param>
    /// <param name="deviations">Log traffic less log baseline.</param>
    /// <param name="prior">What is believed of amplitudes beforehand.</param>
    public static (CampaignResponse Response, ResponseChoice Choice) Choose(CampaignResponse multiplicative, ResponseScale additive, Func<ResponseScales, CampaignResponse> fit, TimeSeries deviations, AmplitudePrior prior)
    {
        CampaignResponse adding = fit(ResponseScales.Common(additive));
        double[] first = Losses(multiplicative, deviations, prior), second = Losses(adding, deviations, prior);
        int[] judged = [.. Enumerable.Range(0, first.Length).Where(i => !double.IsNaN(first[i]) && !double.IsNaN(second[i]))];
        if (judged.Length < FewestCampaigns / 2)
            return (multiplicative, TooFew(multiplicative.Past.Count));
        ResponseChoice choice = OfHistory(first, second, judged);
        bool adds = choice.Additive;
        double[] own = adds ? second : first, other = adds ? first : second;
        KindResponseChoice[] kinds =
        [
            .. multiplicative.Past.Select(c => c.Kind).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(kind =>
            {
                int[] of = OfKind(kind);
                return new KindResponseChoice(kind, adds, of.Length, of.Length == 0 ? double.NaN : of.Average(i => first[i]), of.Length == 0 ? double.NaN : of.Average(i => second[i]));
            }),
        ];
        choice = choice with { Kinds = kinds };
        CampaignResponse uniform = adds ? adding : multiplicative;

        // Kinds that were told better the other way beside all others taken so too: each must be so by clear evidence among the others as they are.
        string[] candidates = [.. kinds.Where(k => k.Judged >= FewestOfKind && OfKind(k.Kind).Sum(i => own[i] - other[i]) > 0).Select(k => k.Kind)];
        if (candidates.Length == kinds.Length)
            candidates = Array.FindAll(candidates, kind => Departs(own, other, OfKind(kind)));

        // All of them together are the history, which was judged.
        while (candidates.Length > 0 && candidates.Length < kinds.Length)
        {
            ResponseChoice mixed = choice with { Kinds = [.. kinds.Select(k => k with { Additive = adds ^ candidates.Contains(k.Kind) })] };
            CampaignResponse apart = fit(ResponseScales.Of(mixed, additive));
            double[] losses = Losses(apart, deviations, prior);
            string[] clear = Array.FindAll(candidates, kind => Departs(own, losses, OfKind(kind)));
            if (clear.Length == candidates.Length)
            {
                return judged.Average(i => losses[i]) < judged.Average(i => own[i])
                    ? (apart, mixed with { Reason = mixed.Reason + string.Concat(candidates.Select(kind => Departure(kind, adds, OfKind(kind), own, losses))) })
                    : (uniform, choice);
            }

            candidates = clear;
        }

        return (uniform, choice);

        int[] OfKind(string kind) => Array.FindAll(judged, i => string.Equals(multiplicative.Past[i].Kind, kind, StringComparison.Ordinal));
    }

    private static ResponseChoice OfHistory(double[] first, double[] second, int[] judged)
    {
        double own = judged.Average(i => first[i]), other = judged.Average(i => second[i]);
        double gain = own - other, standardError = StandardError(first, second, judged);
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

    /// <summary>Whether a kind's losses are clearly lower the other way; with few campaigns the standard error is itself uncertain (Student's t).</summary>
    private static bool Departs(double[] losses, double[] others, int[] judged)
    {
        double loss = judged.Average(i => losses[i]), gain = loss - judged.Average(i => others[i]);
        double needed = StudentT.InvCDF(0, 1, judged.Length - 1, 1 - KindSignificance);
        return gain >= NeededKindGain * loss && gain >= needed * StandardError(losses, others, judged);
    }

    private static double StandardError(double[] losses, double[] others, int[] judged)
    {
        double gain = judged.Average(i => losses[i] - others[i]);
        double squares = judged.Sum(i => Math.Pow(losses[i] - others[i] - gain, 2));
        return Math.Sqrt(squares / (judged.Length - 1) / judged.Length);
    }

    private static string Departure(string kind, bool historyAdds, int[] judged, double[] losses, double[] others)
        => FormattableString.Invariant($" Those of kind '{kind}' {(historyAdds ? "multiply" : "add")}: told so, {judged.Length} of them were off by {judged.Average(i => others[i]):0.000}, and by {judged.Average(i => losses[i]):0.000} the other way.");

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
            AmplitudeModel model = AmplitudeModel.Fit(prior with { Trend = 0, Recency = 0 }, response.FeaturesOfPast.AsSpan(0, from), response.Amplitudes[..from]);
            for (int j = from; j < to; j++)
                losses[j] = Loss(response, j, model.Predict(response.FeaturesOfPast[j]).Mean, deviations);
        }

        return losses;
    }

    private static double Loss(CampaignResponse response, int past, double amplitude, TimeSeries deviations)
    {
        CampaignCluster cluster = response.Past[past];
        ResponseProfile profile = response.ProfileOf(cluster);
        ResponseScale scale = response.Scales.OfKind(cluster.Kind);
        (int from, int to) = ResponseRows.Reach(cluster, profile, deviations.Start, deviations.Step, deviations.Count);
        double sum = 0;
        int count = 0;
        for (int i = from; i < to; i++)
        {
            double share = ResponseRows.ValueOf(deviations.TimeAt(i), deviations.Step, cluster, profile);
            if (share < CoreOfProfile || double.IsNaN(deviations[i]) || response.IsReachedByAnother(past, deviations.TimeAt(i)))
                continue;
            sum += Math.Abs(deviations[i] - scale.Deviation(amplitude * share, i));
            count++;
        }

        return count == 0 ? double.NaN : sum / count;
    }
}
