using Makalu.Capacity.Series;

namespace Makalu.Capacity.Campaigns;

/// <summary>
/// How long the responses of each kind last, from the traffic hour by hour before its campaigns' starts and after their ends: as long as
/// the mean effect is above a few hundredths of the amplitude by twice its standard error between campaigns. Where the history cannot tell, the default holds:
/// what follows a campaign of every evening is not told from the shape of the night.
/// </summary>
internal static class ResponseReachEstimate
{
    private const double BinMinutes = 60;
    private const int FewestToLengthen = 3;
    private const int FewestToShorten = 6;
    private const double LongestLeadMinutes = 360;
    private const double LongestTailMinutes = 720;
    private const double ShortestTailMinutes = 60;

    /// <summary>An effect of so much of the amplitude is worth following, and one certainly below this is not.</summary>
    private const double WorthFollowing = 0.03;
    private const double CertainlyGone = 0.06;
    private const double StandardErrors = 2;
    private const double ApartHours = 36;

    /// <summary>The reach of each kind with past campaigns.</summary>
    /// <param name="response">What was fitted with the reach so far.</param>
    /// <param name="deviations">Log traffic less log baseline.</param>
    public static Dictionary<string, ResponseReach> Of(CampaignResponse response, TimeSeries deviations)
    {
        var reaches = new Dictionary<string, ResponseReach>(StringComparer.Ordinal);
        foreach (string kind in response.Past.Select(c => c.Kind).Distinct(StringComparer.Ordinal))
        {
            ResponseProfile profile = response.ProfileOf(response.Past.First(c => string.Equals(c.Kind, kind, StringComparison.Ordinal)));
            var own = ResponseReach.Default(profile.TypicalMinutes);
            reaches[kind] = deviations.Step.TotalMinutes > BinMinutes / 2
                ? own
                : new ResponseReach(Lead(response, deviations, kind, own), Tail(response, deviations, kind, own));
        }

        return reaches;
    }

    private static double Lead(CampaignResponse response, TimeSeries deviations, string kind, ResponseReach own)
        => Lengthened(own.LeadMinutes, LongestLeadMinutes, minutes => Effect(response, deviations, kind, c => c.StartsAt.AddMinutes(-minutes - BinMinutes)));

    private static double Tail(CampaignResponse response, TimeSeries deviations, string kind, ResponseReach own)
    {
        (double Size, double Error, int Campaigns) At(double minutes) => Effect(response, deviations, kind, c => c.EndsAt.AddMinutes(minutes));
        double tail = Lengthened(own.TailMinutes, LongestTailMinutes, At);
        while (tail <= own.TailMinutes && tail - BinMinutes >= ShortestTailMinutes)
        {
            (double size, double error, int campaigns) = At(tail - BinMinutes);
            if (campaigns < FewestToShorten || Math.Abs(size) + (StandardErrors * error) > CertainlyGone)
                break;
            tail -= BinMinutes;
        }

        return tail;
    }

    private static double Lengthened(double minutes, double longest, Func<double, (double Size, double Error, int Campaigns)> effectAt)
    {
        while (minutes + BinMinutes <= longest)
        {
            (double size, double error, int campaigns) = effectAt(minutes);
            if (campaigns < FewestToLengthen || Math.Abs(size) - (StandardErrors * error) < WorthFollowing)
                break;
            minutes += BinMinutes;
        }

        return minutes;
    }

    /// <summary>The mean effect in the hour from a time, as a part of the amplitude, with its standard error between campaigns (regression through the origin, robust variance).</summary>
    private static (double Size, double Error, int Campaigns) Effect(CampaignResponse response, TimeSeries deviations, string kind, Func<CampaignCluster, DateTimeOffset> from)
    {
        List<double> amplitudes = [], means = [];
        for (int j = 0; j < response.Past.Count; j++)
        {
            CampaignCluster cluster = response.Past[j];
            if (!string.Equals(cluster.Kind, kind, StringComparison.Ordinal) || !IsApart(response, j) || Mean(response, deviations, j, from(cluster)) is not double mean)
                continue;
            amplitudes.Add(response.Amplitudes[j]);
            means.Add(mean);
        }

        int n = amplitudes.Count;
        double squares = amplitudes.Sum(a => a * a);
        if (n < 2 || squares == 0)
            return (0, double.PositiveInfinity, n);
        double size = amplitudes.Zip(means, (a, m) => a * m).Sum() / squares;
        double variance = amplitudes.Zip(means, (a, m) => Math.Pow(a * (m - (size * a)), 2)).Sum() / (squares * squares) * n / (n - 1);
        return (size, Math.Sqrt(variance), n);
    }

    /// <summary>Whether the days beside a campaign are free of its kind, so that they show what the hour is like without one.</summary>
    private static bool IsApart(CampaignResponse response, int past)
    {
        CampaignCluster own = response.Past[past];
        return response.Past.All(c => c == own || !string.Equals(c.Kind, own.Kind, StringComparison.Ordinal) || Math.Abs((c.StartsAt - own.StartsAt).TotalHours) >= ApartHours);
    }

    /// <summary>The mean response in the hour; null where less than half of it is known and free of other campaigns.</summary>
    private static double? Mean(CampaignResponse response, TimeSeries deviations, int past, DateTimeOffset from)
    {
        int first = (int)Math.Floor((from - deviations.Start) / deviations.Step), steps = (int)(BinMinutes / deviations.Step.TotalMinutes);
        double sum = 0;
        int count = 0;
        for (int i = Math.Max(first, 0); i < Math.Min(first + steps, deviations.Count); i++)
        {
            if (double.IsNaN(deviations[i]) || response.IsReachedByAnother(past, deviations.TimeAt(i)))
                continue;
            sum += response.Scales.OfKind(response.Past[past].Kind).Response(deviations[i], i);
            count++;
        }

        return 2 * count >= steps ? sum / count : null;
    }
}
