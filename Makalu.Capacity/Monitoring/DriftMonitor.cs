using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;
using MathNet.Numerics.Distributions;

namespace Makalu.Capacity.Monitoring;

/// <summary>
/// Watches whether the forecasts still hold what they say. A nightly job stores each forecast (<see cref="ForecastRecordFile"/>), and
/// examines the stored ones against what has come since.
/// </summary>
/// <remarks>
/// The rule: <see cref="DriftStatus.Retrain"/> when the coverage of a quantile lies below its band, that of the steps' median above it, or
/// the pinball loss beyond its factor of the expected one, each at <see cref="DriftOptions.Significance"/>;
/// <see cref="DriftStatus.Watch"/> when, at that significance divided by the number of tests, a coverage outside its band differs from the
/// quantile by Kupiec's test, or is beyond doubt above its band.
/// A step that several forecasts reach is judged by the newest. Immutable; safe to share between threads.
/// </remarks>
public sealed class DriftMonitor
{
    private readonly DriftOptions _options;

    /// <summary>Creates a monitor.</summary>
    /// <param name="options">The rule's numbers; default as documented there.</param>
    /// <exception cref="ArgumentException">One or more values are out of range.</exception>
    public DriftMonitor(DriftOptions? options = null)
    {
        _options = options ?? new DriftOptions();
        _options.Validate();
    }

    /// <summary>Scores stored forecasts against what came, and examines them.</summary>
    /// <param name="records">The stored forecasts of one series, in any order; those of which nothing has come yet are passed over.</param>
    /// <param name="observed">What came.</param>
    /// <param name="calendar">The calendar as it is known now, whose incidents are not scored; default none.</param>
    /// <exception cref="ArgumentException">The records are of several series, or two have one origin.</exception>
    public DriftReport Examine(IEnumerable<ForecastRecord> records, RequestHistory observed, CampaignCalendar? calendar = null)
        => Examine(records.Select(r => ForecastScore.Of(r, observed, calendar)));

    /// <summary>Examines scored forecasts.</summary>
    /// <param name="scores">The scores of one series' forecasts, in any order.</param>
    /// <exception cref="ArgumentException">The scores are of several series, or two have one origin.</exception>
    public DriftReport Examine(IEnumerable<ForecastScore> scores)
    {
        ForecastScore[] all = [.. scores.Where(s => s.Steps > 0).OrderBy(s => s.Record.Origin)];
        Check(all);
        ForecastScore[] latest = all[Math.Max(0, all.Length - _options.Forecasts)..];
        ForecastScore[] examined = [.. latest.Where(s => s.Record.Quantiles.SequenceEqual(latest[^1].Record.Quantiles))];
        CoverageTest[] tests = [.. Tests(examined)];
        double loss = examined.Length == 0 ? double.NaN : examined.Sum(s => s.PinballLoss * s.Steps) / examined.Sum(s => s.ExpectedPinballLoss * s.Steps);
        var evidence = new DriftEvidence(_options, examined, tests, loss, LossProbability(examined));
        return new DriftReport
        {
            Status = evidence.Status,
            Forecasts = examined.Length,
            From = examined.Length > 0 ? examined[0].Record.Origin : null,
            To = examined.Length > 0 ? examined.Max(s => s.Record.End) : null,
            Coverage = tests,
            LossToExpected = loss,
            RelativeBias = examined.Length == 0 ? double.NaN : examined.Sum(s => s.Bias * s.Steps) / examined.Sum(s => s.MeanActual * s.Steps),
            Findings = [.. evidence.Findings()],
        };
    }

    private static void Check(ForecastScore[] scores)
    {
        for (int i = 1; i < scores.Length; i++)
        {
            if (scores[i].Record.Series != scores[0].Record.Series)
            {
                throw new ArgumentException($"The forecasts are of the series '{scores[0].Record.Series}' and '{scores[i].Record.Series}'. Examine each series by itself.", nameof(scores));
            }

            if (scores[i].Record.Origin == scores[i - 1].Record.Origin)
            {
                throw new ArgumentException(FormattableString.Invariant($"Two forecasts have the origin {scores[i].Record.Origin.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}. Keep the one that was acted on."), nameof(scores));
            }
        }
    }

    private IEnumerable<CoverageTest> Tests(ForecastScore[] scores)
    {
        if (scores.Length == 0)
        {
            yield break;
        }

        double[] quantiles = scores[0].Record.Quantiles.ToArray();
        foreach (string subject in new[] { "step", "day", "campaign" })
        {
            for (int q = 0; q < quantiles.Length; q++)
            {
                (int Count, int Covered)[] blocks = [.. scores.Select((s, i) => Block(s, i + 1 < scores.Length ? scores[i + 1].Record.Origin : DateTimeOffset.MaxValue, subject, q)).Where(b => b.Count > 0)];
                if (blocks.Length > 0)
                {
                    yield return CoverageTest.Of(subject, quantiles[q], _options.OddsFactor, blocks);
                }
            }
        }
    }

    /// <summary>What a forecast said before the next was made.</summary>
    private static (int Count, int Covered) Block(ForecastScore score, DateTimeOffset next, string subject, int quantile)
    {
        if (subject != "step")
        {
            PeakScore[] peaks = [.. score.Peaks.Where(p => (p.Window.Kind is "day" or "horizon" ? p.Window.Kind : p.IsWhole ? "campaign" : "") == subject && p.Window.StartsAt < next)];
            return (peaks.Length, peaks.Count(p => p.IsCovered(quantile)));
        }

        int count = 0, covered = 0;
        for (int h = 0; h < score.Ranks.Length && score.Record.Origin + (score.Record.Step * h) < next; h++)
        {
            byte rank = score.Ranks[h];
            count += rank == ForecastScore.UnknownRank ? 0 : 1;
            covered += rank <= quantile ? 1 : 0;
        }

        return (count, covered);
    }

    /// <summary>The probability of so high a pinball loss if the true one were at the allowed factor of the expected: Student's t on the forecasts' log ratios.</summary>
    private double LossProbability(ForecastScore[] scores)
    {
        double[] excess = [.. scores.Where(s => s.PinballLoss > 0 && s.ExpectedPinballLoss > 0).Select(s => Math.Log(s.PinballLoss / s.ExpectedPinballLoss / _options.LossFactor))];
        if (excess.Length < 2)
        {
            return 1;
        }

        double mean = excess.Average();
        double squares = excess.Sum(e => (e - mean) * (e - mean));
        double products = Enumerable.Range(1, excess.Length - 1).Sum(i => (excess[i] - mean) * (excess[i - 1] - mean));
        double correlation = Math.Clamp(squares > 0 ? products / squares : 0, 0, 0.8);
        double error = Math.Sqrt(squares / (excess.Length - 1) / excess.Length * (1 + correlation) / (1 - correlation));
        return error > 0 ? 1 - StudentT.CDF(0, 1, excess.Length - 1, mean / error) : mean > 0 ? 0 : 1;
    }
}
