using Makalu.Capacity.Series;

namespace Makalu.Capacity.Campaigns;

/// <summary>
/// The steps that past clusters reach, with where each step lies on each cluster's profile: the sparse design matrix of the
/// response. Row by row (compressed), a row has one pair for each cluster that reaches it, a pair one entry for each knot.
/// </summary>
internal sealed class ResponseRows
{
    private ResponseRows(int[] steps, double[] deviations, int[] rowPairs, int[] pairCluster, double[] pairTime, int[] pairEntries, int[] knots, double[] weights)
    {
        Steps = steps;
        Deviations = deviations;
        RowPairs = rowPairs;
        PairCluster = pairCluster;
        PairTime = pairTime;
        PairEntries = pairEntries;
        Knots = knots;
        Weights = weights;
    }

    public int Count => Steps.Length;

    /// <summary>The step of each row.</summary>
    public int[] Steps { get; }

    /// <summary>The deviation from the baseline of each row, on the logarithm.</summary>
    public double[] Deviations { get; }

    /// <summary>Where the pairs of each row begin; one longer than the rows.</summary>
    public int[] RowPairs { get; }

    public int[] PairCluster { get; }

    /// <summary>The response time of the middle of the step.</summary>
    public double[] PairTime { get; }

    /// <summary>Where the entries of each pair begin; one longer than the pairs.</summary>
    public int[] PairEntries { get; }

    public int[] Knots { get; }

    public double[] Weights { get; }

    /// <summary>
    /// The row of the same step for the clusters of the other scale, −1 where there is none: clusters that multiply and clusters that add share no row.
    /// </summary>
    public int[] Partners { get; private init; } = [];

    /// <summary>Builds the rows.</summary>
    /// <param name="deviations">The deviation of each step from the baseline, on the logarithm; NaN where unknown.</param>
    /// <param name="clusters">The clusters, by start.</param>
    /// <param name="profiles">The profile of each.</param>
    /// <param name="additive">Whether each adds.</param>
    public static ResponseRows Build(TimeSeries deviations, IReadOnlyList<CampaignCluster> clusters, ResponseProfile[] profiles, bool[] additive)
    {
        var reach = new (int From, int To)[clusters.Count];
        for (int j = 0; j < clusters.Count; j++)
            reach[j] = Reach(clusters[j], profiles[j], deviations.Start, deviations.Step, deviations.Count);

        var touched = new bool[deviations.Count];
        foreach ((int from, int to) in reach)
        {
            if (to > from)
                touched.AsSpan(from, to - from).Fill(true);
        }

        List<int> steps = [], rowPairs = [0], pairCluster = [], pairEntries = [0], knots = [];
        List<int> partners = [];
        List<double> responses = [], pairTime = [], weights = [];
        int first = 0;
        for (int i = 0; i < touched.Length; i++)
        {
            if (!touched[i] || double.IsNaN(deviations[i]))
                continue;
            while (first < clusters.Count && reach[first].To <= i)
                first++;
            int rows = steps.Count;
            AddRow(i, adds: false);
            AddRow(i, adds: true);
            if (steps.Count == rows + 2)
                (partners[rows], partners[rows + 1]) = (rows + 1, rows);
        }

        return new ResponseRows([.. steps], [.. responses], [.. rowPairs], [.. pairCluster], [.. pairTime], [.. pairEntries], [.. knots], [.. weights]) { Partners = [.. partners] };

        void AddRow(int i, bool adds)
        {
            int pairs = pairCluster.Count;
            for (int j = first; j < clusters.Count; j++)
            {
                if (additive[j] != adds || i < reach[j].From || i >= reach[j].To || !AddEntries(deviations, i, clusters[j], profiles[j], knots, weights))
                    continue;
                pairCluster.Add(j);
                pairTime.Add(TimeOf(deviations.TimeAt(i), deviations.Step, clusters[j], profiles[j]));
                pairEntries.Add(knots.Count);
            }

            if (pairCluster.Count == pairs)
                return;
            steps.Add(i);
            responses.Add(deviations[i]);
            rowPairs.Add(pairCluster.Count);
            partners.Add(-1);
        }
    }

    /// <summary>The steps that a cluster reaches, cut to the series: from its anticipation to the end of its decay.</summary>
    public static (int From, int To) Reach(CampaignCluster cluster, ResponseProfile profile, DateTimeOffset start, TimeSpan step, int count)
    {
        double from = (cluster.StartsAt.AddMinutes(profile.Knots[0]) - start) / step;
        double to = (cluster.EndsAt.AddMinutes(profile.TailMinutes) - start) / step;
        return ((int)Math.Clamp(Math.Floor(from), 0, count), (int)Math.Clamp(Math.Ceiling(to), 0, count));
    }

    /// <summary>The response time at the middle of a step.</summary>
    public static double TimeOf(DateTimeOffset time, TimeSpan step, CampaignCluster cluster, ResponseProfile profile)
        => profile.ResponseTime((time + (step / 2) - cluster.StartsAt).TotalMinutes, cluster.Duration.TotalMinutes);

    /// <summary>The profile averaged over a step.</summary>
    public static double ValueOf(DateTimeOffset time, TimeSpan step, CampaignCluster cluster, ResponseProfile profile)
    {
        int points = PointsPerStep(step);
        double minutes = (time - cluster.StartsAt).TotalMinutes, duration = cluster.Duration.TotalMinutes, width = step.TotalMinutes / points;
        double sum = 0;
        for (int p = 0; p < points; p++)
            sum += profile.At(profile.ResponseTime(minutes + ((p + 0.5) * width), duration));
        return sum / points;
    }

    /// <summary>The profile averaged over a step: the knots' weights at points no more than ten minutes apart.</summary>
    private static bool AddEntries(TimeSeries series, int index, CampaignCluster cluster, ResponseProfile profile, List<int> knots, List<double> weights)
    {
        int before = knots.Count;
        int points = PointsPerStep(series.Step);
        double minutes = (series.TimeAt(index) - cluster.StartsAt).TotalMinutes;
        double width = series.Step.TotalMinutes / points;
        for (int p = 0; p < points; p++)
        {
            if (!profile.TryLocate(profile.ResponseTime(minutes + ((p + 0.5) * width), cluster.Duration.TotalMinutes), out int lower, out double upper))
                continue;
            knots.Add(lower);
            weights.Add((1 - upper) / points);
            knots.Add(lower + 1);
            weights.Add(upper / points);
        }

        return knots.Count > before;
    }

    /// <summary>How many points of a step the profile is averaged over.</summary>
    public static int PointsPerStep(TimeSpan step) => Math.Clamp((int)Math.Ceiling(step.TotalMinutes / 10), 1, 12);
}
