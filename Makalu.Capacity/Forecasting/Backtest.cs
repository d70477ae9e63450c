using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// Judges candidates on the history itself by rolling origin: each origin's forecast is made from what was known then and scored
/// against what came (Tashman, "Out-of-sample tests of forecasting accuracy", International Journal of Forecasting 16, 2000).
/// </summary>
public static class Backtest
{
    /// <summary>How much better than an earlier candidate a later one must be, as a ratio of losses, before it is preferred: 0.7.</summary>
    public const double PreferredBelow = 0.7;

    /// <summary>Below this a loss counts as none.</summary>
    private const double SmallestLoss = 1e-12;

    /// <summary>An origin counts half as much as one that is this many origins later.</summary>
    private const double OriginsToHalfWeight = 2;

    private static readonly double[] ScoredQuantiles = [0.5, 0.9, 0.95, 0.99];

    /// <summary>Forecasts from each origin with each candidate and scores the forecasts.</summary>
    /// <param name="series">The history, in requests per second; NaN where unknown.</param>
    /// <param name="calendar">The calendar, known in advance at every origin; incidents are not scored.</param>
    /// <param name="candidates">
    /// The candidates, the preferred first: a later one is chosen only where its loss is below <see cref="PreferredBelow"/> times that of
    /// every earlier one (its square, 0.49, where the campaigns of the history are so young that fewer than two origins knew one), for a few origins tell smaller differences badly.
    /// </param>
    /// <param name="options">Horizon, origins, seed.</param>
    /// <param name="progress">Told the part of the forecasts that is done, 0 to 1.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>Each candidate's accuracy, best first, and the choice; null where the history is too short for a single origin.</returns>
    public static BacktestReport? Run(
        TimeSeries series,
        CampaignCalendar calendar,
        IReadOnlyList<IForecaster> candidates,
        BacktestOptions options,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options.Validate();
        if (candidates.Count == 0)
        {
            throw new ArgumentException("There is no candidate to judge. Pass at least one forecaster.", nameof(candidates));
        }

        int[] origins = Origins(series.Count, options);
        if (origins.Length == 0)
        {
            return null;
        }

        TimeSeries known = IncidentMask.Apply(series, calendar);
        var scores = new Score?[candidates.Count * origins.Length];
        int done = 0;
        ParallelLoop.For(scores.Length, options.MaxDegreeOfParallelism, i =>
        {
            scores[i] = ScoreOrigin(series, known, calendar, candidates[i / origins.Length], origins[i % origins.Length], options, cancellationToken);
            progress?.Report((double)Interlocked.Increment(ref done) / scores.Length);
        }, cancellationToken);

        // An origin counts only where every candidate could be fitted, or the candidates would be judged on different days.
        bool[] common = [.. Enumerable.Range(0, origins.Length).Select(o => Enumerable.Range(0, candidates.Count).All(c => scores[(c * origins.Length) + o] is not null))];
        List<ForecastAccuracy> accuracies = [];
        for (int c = 0; c < candidates.Count; c++)
        {
            Score[] used = [.. Enumerable.Range(0, origins.Length).Where(o => common[o]).Select(o => scores[(c * origins.Length) + o]!.Value)];
            if (used.Length == 0)
            {
                return null;
            }

            accuracies.Add(new ForecastAccuracy
            {
                Model = candidates[c].Name,
                Origins = used.Length,
                Mase = used.Average(s => s.Mase),
                PinballLoss = used.Average(s => s.Pinball),
                RelativePinballLoss = RelativeLoss([.. Enumerable.Range(0, origins.Length).Where(o => common[o]).Select(o => (Math.Max(scores[(c * origins.Length) + o]!.Value.Pinball, SmallestLoss) / Math.Max(scores[o]!.Value.Pinball, SmallestLoss)))]),
                Coverage95 = (double)used.Sum(s => s.StepsCovered) / used.Sum(s => s.Steps),
                PeakCoverage95 = (double)used.Sum(s => s.PeaksCovered) / used.Sum(s => s.Peaks),
            });
        }

        int knewCampaigns = Enumerable.Range(0, origins.Length).Count(o => common[o] && calendar.Campaigns.Any(campaign => campaign.StartsAt < series.TimeAt(origins[o])));

        // How a candidate forecasts before the first campaign tells little of how it does between campaigns.
        bool young = knewCampaigns < 2 && calendar.Campaigns.Any(campaign => campaign.StartsAt < series.End);
        double preferredBelow = young ? PreferredBelow * PreferredBelow : PreferredBelow;
        int chosen = 0;
        for (int c = 1; c < accuracies.Count; c++)
        {
            if (accuracies[c].RelativePinballLoss < preferredBelow * accuracies[chosen].RelativePinballLoss)
            {
                chosen = c;
            }
        }

        ForecastAccuracy winner = accuracies[chosen];
        ForecastAccuracy[] best = [winner, .. accuracies.Where(a => a != winner).OrderBy(a => a.RelativePinballLoss)];
        return new BacktestReport { Candidates = best, Chosen = winner.Model, Reason = Reason(best) };
    }

    private static string Reason(ForecastAccuracy[] best)
    {
        ForecastAccuracy winner = best[0];
        if (best.Length == 1)
        {
            return FormattableString.Invariant($"{winner.Model} was the only candidate; its mean pinball loss over {winner.Origins} origins is {winner.PinballLoss:G3} requests per second.");
        }

        double ratio = best[1].RelativePinballLoss / winner.RelativePinballLoss;
        return ratio >= 1
            ? FormattableString.Invariant($"{winner.Model} has the lowest pinball loss over {winner.Origins} origins; that of {best[1].Model}, the next, is {ratio:0.00} times as high.")
            : FormattableString.Invariant($"{winner.Model} is preferred as long as no other is clearly better; over {winner.Origins} origins the pinball loss of {best[1].Model} is {ratio:0.00} times its own.");
    }

    /// <summary>The geometric mean, in which the latest origin, which comes first, counts most: traffic changes its ways, and the last days tell the next ones best.</summary>
    private static double RelativeLoss(double[] ratios)
    {
        double sum = 0;
        double weights = 0;
        for (int i = 0; i < ratios.Length; i++)
        {
            double weight = Math.Pow(2, -i / OriginsToHalfWeight);
            sum += weight * Math.Log(ratios[i]);
            weights += weight;
        }

        return Math.Exp(sum / weights);
    }

    /// <summary>The origins as step indices, the latest first; at least one horizon of history stands before each.</summary>
    internal static int[] Origins(int count, BacktestOptions options)
    {
        int spacing = options.Spacing ?? options.Horizon;
        return [.. Enumerable.Range(0, options.Origins)
            .Select(k => (long)count - options.Horizon - ((long)k * spacing))
            .Where(origin => origin >= Math.Max(options.Horizon, count / 3))
            .Select(origin => (int)origin)];
    }

    private static Score? ScoreOrigin(TimeSeries series, TimeSeries known, CampaignCalendar calendar, IForecaster candidate, int origin, BacktestOptions options, CancellationToken cancellationToken)
    {
        TimeSeries past = series.Slice(0, origin);
        ReadOnlySpan<double> actual = known.Values.Slice(origin, options.Horizon);
        double scale = NaiveScale(known.Slice(0, origin));
        Forecast forecast;
        try
        {
            forecast = candidate.Fit(past, calendar, cancellationToken).Predict(new PredictionOptions { Horizon = options.Horizon, Paths = options.Paths, Seed = options.Seed }, cancellationToken);
        }
        catch (ForecastException)
        {
            // Too little history for this candidate at this origin: the origin is left out for all.
            return null;
        }

        double[][] quantiles = forecast.Quantiles(ScoredQuantiles);
        double absolute = 0, pinball = 0;
        int steps = 0, covered = 0;
        for (int h = 0; h < actual.Length; h++)
        {
            if (double.IsNaN(actual[h]))
            {
                continue;
            }

            steps++;
            absolute += Math.Abs(actual[h] - quantiles[0][h]);
            covered += actual[h] <= quantiles[2][h] ? 1 : 0;
            for (int q = 0; q < ScoredQuantiles.Length; q++)
            {
                double error = actual[h] - quantiles[q][h];
                pinball += Math.Max(ScoredQuantiles[q] * error, (ScoredQuantiles[q] - 1) * error) / ScoredQuantiles.Length;
            }
        }

        if (steps == 0)
        {
            return null;
        }

        (int peaks, int peaksCovered) = ScorePeaks(forecast, actual);
        return new Score(absolute / steps / scale, pinball / steps, steps, covered, peaks, peaksCovered);
    }

    private static (int Peaks, int Covered) ScorePeaks(Forecast forecast, ReadOnlySpan<double> actual)
    {
        int day = (int)Math.Max(1, TimeSpan.FromDays(1).Ticks / forecast.Step.Ticks);
        int peaks = 0, covered = 0;
        var maxima = new double[forecast.PathCount];
        for (int first = 0; first < actual.Length; first += day)
        {
            int count = Math.Min(day, actual.Length - first);
            double highest = double.NegativeInfinity;
            foreach (double value in actual.Slice(first, count))
            {
                highest = value > highest ? value : highest;
            }

            if (double.IsNegativeInfinity(highest))
            {
                continue;
            }

            for (int p = 0; p < maxima.Length; p++)
            {
                maxima[p] = System.Numerics.Tensors.TensorPrimitives.Max(forecast.Path(p).Slice(first, count));
            }

            peaks++;
            covered += highest <= SampleQuantile.Of(maxima, 0.95) ? 1 : 0;
        }

        return (peaks, covered);
    }

    /// <summary>The mean absolute difference from the season before, by which errors are scaled.</summary>
    private static double NaiveScale(TimeSeries past)
    {
        long day = Math.Max(1, TimeSpan.FromDays(1).Ticks / past.Step.Ticks);
        int season = (int)(past.Count >= 14 * day ? 7 * day : past.Count >= 2 * day ? day : 1);
        double sum = 0;
        int count = 0;
        for (int i = season; i < past.Count; i++)
        {
            double difference = Math.Abs(past[i] - past[i - season]);
            if (!double.IsNaN(difference))
            {
                sum += difference;
                count++;
            }
        }

        return count > 0 && sum > 0 ? sum / count : 1;
    }

    private readonly record struct Score(double Mase, double Pinball, int Steps, int StepsCovered, int Peaks, int PeaksCovered);
}
