namespace Makalu.Capacity.Campaigns;

/// <summary>
/// What is believed of amplitudes before any campaign was seen: means and standard deviations on the logarithm of the traffic.
/// How far campaigns differ, how fast their effect drifts and how much they scatter is itself learned: each has a grid of values
/// with prior weights.
/// </summary>
internal sealed record AmplitudePrior
{
    /// <summary>For steps below a day.</summary>
    public static AmplitudePrior Default { get; } = new();

    /// <summary>For daily totals, whose campaigns lie years apart.</summary>
    public static AmplitudePrior Daily { get; } = new() { Mean = 1, Kind = 0.8, Weekend = 0.3, Hour = 0, WeekendHour = 0, DriftPerDay = 0.02, Scatter = 0.5, ScatterDegreesOfFreedom = 3, Scatters = [0.25, 0.4, 0.6, 0.8, 1, 1.3, 1.7, 2.3, 3.2, 4.5], TrendPerDay = 0.002, RecencyDays = [7, 30], FewestForChange = 16 };

    /// <summary>The mean amplitude of a single campaign: ln 2.</summary>
    public double Mean { get; init; } = 0.7;

    /// <summary>
    /// How the mean grows with the logarithm of the number of simultaneous campaigns. Independent audiences add up in requests
    /// above the baseline, which is about 0.77 for two on the logarithm.
    /// </summary>
    public double SizeSlope { get; init; } = 0.8;

    /// <summary>The standard deviation of the amplitude that all campaigns share.</summary>
    public double Shared { get; init; } = 0.6;

    public double Kind { get; init; } = 0.3;

    public double Weekend { get; init; } = 0.7;

    public double Hour { get; init; } = 0.2;

    /// <summary>The hour's own effect on weekdays and on weekends: an evening is another thing on a Sunday.</summary>
    public double WeekendHour { get; init; } = 0.25;

    public double Size { get; init; } = 0.35;

    public double Category { get; init; } = 0.3;

    /// <summary>Per standard deviation of a number that is not taken on the logarithm.</summary>
    public double Number { get; init; } = 0.3;

    /// <summary>
    /// How the mean grows with the logarithm of audiences and budgets, divided among such columns. Requests above the baseline
    /// that are proportional to the audience would give 1 − e^−amplitude, about 0.6; less where audiences tire.
    /// </summary>
    public double LogarithmSlope { get; init; } = 0.5;

    /// <summary>The standard deviation of that slope: none and proportional lie two and a half of them away.</summary>
    public double LogarithmSlopeDeviation { get; init; } = 0.2;

    /// <summary>The fastest drift of amplitudes that is weighed: a random walk, per square root of a day.</summary>
    public double DriftPerDay { get; init; } = 0.1;

    /// <summary>The standard deviation of a steady growth or decline over the whole history, where that is long enough.</summary>
    public double Trend { get; init; } = 1;

    /// <summary>The same per day, for short histories: a few days do not tell growth from what those days were like.</summary>
    public double TrendPerDay { get; init; } = 0.01;

    /// <summary>The standard deviation of what a campaign right after another of its kind differs by, for each of two lengths of memory.</summary>
    public double Recency { get; init; } = 0.4;

    /// <summary>
    /// For each of them the days until two thirds of what a campaign leaves to the next of its kind are gone: two of them tell any memory between and around.
    /// </summary>
    public double[] RecencyDays { get; init; } = [1.5, 6];

    /// <summary>With fewer past campaigns a trend and what the last one left are not told from luck; the more scatter, the more it takes.</summary>
    public int FewestForChange { get; init; } = 8;

    /// <summary>The scatter between campaigns that are alike in all that is known: its typical value.</summary>
    public double Scatter { get; init; } = 0.18;

    /// <summary>
    /// How many campaigns' worth of evidence <see cref="Scatter"/> has. One: with three, ten campaigns that scatter by 0.4 were told too surely, and ten that scatter
    /// by 0.1 not surely enough.
    /// </summary>
    public double ScatterDegreesOfFreedom { get; init; } = 1;

    /// <summary>By what the standard deviations of kind, weekend, hour, size, categories and numbers may be multiplied, with weights.</summary>
    public (double Factor, double Weight)[] Differences { get; init; } = [(0.35, 0.35), (0.65, 0.35), (1, 0.3)];

    /// <summary>By what <see cref="DriftPerDay"/> may be multiplied, with weights.</summary>
    public (double Factor, double Weight)[] Drifts { get; init; } = [(0.15, 0.4), (0.45, 0.35), (1, 0.25)];

    /// <summary>By what <see cref="Trend"/> may be multiplied, with weights: most histories have none.</summary>
    public (double Factor, double Weight)[] Trends { get; init; } = [(0, 0.7), (1, 0.15), (4, 0.15)];

    /// <summary>By what <see cref="Recency"/> may be multiplied, with weights.</summary>
    public (double Factor, double Weight)[] Recencies { get; init; } = [(0, 0.75), (1, 0.25)];

    /// <summary>By what <see cref="Scatter"/> may be multiplied, at equal distances on the logarithm, on which their weights are.</summary>
    public double[] Scatters { get; init; } = [0.25, 0.35, 0.5, 0.7, 1, 1.4, 2, 2.8, 4, 5.6];

    /// <summary>The prior weight of a scatter: scaled inverse chi-squared, per unit of its logarithm.</summary>
    public double ScatterWeight(double factor)
        => Math.Pow(factor, -ScatterDegreesOfFreedom) * Math.Exp(-ScatterDegreesOfFreedom / (2 * factor * factor));

    /// <summary>The grid of all of these with its prior weights on the logarithm.</summary>
    /// <param name="trend">Whether the past can tell a trend.</param>
    /// <param name="recency">Whether the past can tell what one campaign leaves to the next.</param>
    public IEnumerable<(AmplitudeScales Scales, double LogWeight)> Grid(bool trend, bool recency)
    {
        (double Factor, double Weight)[] none = [(0, 1)];
        foreach ((double difference, double differenceWeight) in Differences)
        {
            foreach ((double steady, double steadyWeight) in trend ? Trends : none)
            {
                foreach ((double recent, double recentWeight) in recency ? Recencies : none)
                {
                    foreach ((double drift, double driftWeight) in Drifts)
                    {
                        foreach (double scatter in Scatters)
                            yield return (new AmplitudeScales(difference, steady, recent, drift, scatter), Math.Log(differenceWeight * steadyWeight * recentWeight * driftWeight * ScatterWeight(scatter)));
                    }
                }
            }
        }
    }

    /// <summary>The mean amplitude of a campaign before any was seen.</summary>
    public double MeanOf(AmplitudeFeatures campaign)
    {
        double mean = Mean + (SizeSlope * campaign.LogSize);
        foreach (double logarithm in campaign.Logarithms)
            mean += LogarithmSlope / campaign.Logarithms.Length * logarithm;
        return mean;
    }
}
