using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Monitoring;

/// <summary>A past forecast against what came: errors, coverage of each quantile by step, and the peak of each window.</summary>
/// <remarks>Steps that are unknown or lie within an incident of the calendar are left out. Immutable; safe to share between threads.</remarks>
public sealed class ForecastScore
{
    /// <summary>A window is scored where at least this part of its steps is known: 0.9.</summary>
    public const double LeastKnownOfWindow = 0.9;

    /// <summary>The rank of a step of which it is unknown what came.</summary>
    internal const byte UnknownRank = byte.MaxValue;

    private readonly byte[] _ranks;
    private readonly int[] _covered;

    private ForecastScore(ForecastRecord record, byte[] ranks, int[] covered, IReadOnlyList<PeakScore> peaks)
    {
        Record = record;
        Peaks = peaks;
        _ranks = ranks;
        _covered = covered;
    }

    /// <summary>The forecast that is scored.</summary>
    public ForecastRecord Record { get; }

    /// <summary>The number of steps of which it is known what came.</summary>
    public int Steps { get; private init; }

    /// <summary>The mean of what came, in requests per second; NaN where <see cref="Steps"/> is 0, like all means here.</summary>
    public double MeanActual { get; private init; }

    /// <summary>The mean absolute error of the median, in requests per second.</summary>
    public double MeanAbsoluteError { get; private init; }

    /// <summary>The mean of the median less what came, in requests per second: above 0 where too much was forecast.</summary>
    public double Bias { get; private init; }

    /// <summary>The symmetric mean absolute error of the median, 0 to 2: the mean of 2·|error| ÷ (actual + forecast) (Makridakis 1993), as a fraction.</summary>
    public double SymmetricError { get; private init; }

    /// <summary>The pinball loss over all quantiles of the record, in requests per second.</summary>
    public double PinballLoss { get; private init; }

    /// <summary>The pinball loss over the same steps that is to be expected if the forecast was true, in requests per second.</summary>
    public double ExpectedPinballLoss { get; private init; }

    /// <summary>The windows of which enough is known, in the record's order.</summary>
    public IReadOnlyList<PeakScore> Peaks { get; }

    /// <summary>For each step the number of quantiles below what came; <see cref="UnknownRank"/> where that is unknown.</summary>
    internal ReadOnlySpan<byte> Ranks => _ranks;

    /// <summary>The number of steps at or below a quantile.</summary>
    /// <param name="index">The index within the record's quantiles.</param>
    public int StepsCovered(int index) => _covered[index];

    /// <summary>The part of the steps at or below a quantile, a fraction: near the quantile itself where the forecast is true.</summary>
    /// <param name="index">The index within the record's quantiles.</param>
    public double Coverage(int index) => (double)_covered[index] / Steps;

    /// <summary>Scores a forecast against what came.</summary>
    /// <param name="record">The forecast.</param>
    /// <param name="observed">What came, at the forecast's step or a finer one that divides it; it may end within the horizon.</param>
    /// <param name="calendar">The calendar as it is known now, whose incidents are not scored; default none.</param>
    /// <returns>The score; its <see cref="Steps"/> is 0 where nothing is known of the horizon.</returns>
    /// <exception cref="ArgumentException">The forecast's step is not a whole multiple of the observations' step.</exception>
    public static ForecastScore Of(ForecastRecord record, RequestHistory observed, CampaignCalendar? calendar = null)
    {
        TimeSeries rates = observed.AggregateTo(record.Step, record.End).RequestsPerSecond;
        return Of(record, IncidentMask.Apply(rates, calendar ?? CampaignCalendar.Empty));
    }

    /// <summary>Scores against rates at the forecast's own step, NaN where unknown or not to be scored.</summary>
    internal static ForecastScore Of(ForecastRecord record, TimeSeries rates)
    {
        double[] actual = Actual(record, rates);
        ReadOnlySpan<double> quantiles = record.Quantiles;
        int median = quantiles.IndexOf(0.5);
        var ranks = new byte[actual.Length];
        var covered = new int[quantiles.Length];
        double sum = 0, absolute = 0, bias = 0, symmetric = 0, pinball = 0, expected = 0;
        int steps = 0;
        for (int h = 0; h < actual.Length; h++)
        {
            if (double.IsNaN(actual[h]))
            {
                ranks[h] = UnknownRank;
                continue;
            }

            steps++;
            double error = record.Steps(median)[h] - actual[h];
            sum += actual[h];
            absolute += Math.Abs(error);
            bias += error;
            symmetric += error == 0 ? 0 : 2 * Math.Abs(error) / (Math.Abs(actual[h]) + record.Steps(median)[h]);
            expected += record.ExpectedPinballLoss[h];
            for (int q = 0; q < quantiles.Length; q++)
            {
                double stated = record.Steps(q)[h];
                pinball += Numerics.PinballLoss.Of(actual[h], stated, quantiles[q]) / quantiles.Length;
                ranks[h] += actual[h] > stated ? (byte)1 : (byte)0;
                covered[q] += actual[h] <= stated ? 1 : 0;
            }
        }

        return new ForecastScore(record, ranks, covered, [.. record.Peaks.Select(p => Score(record, p, actual)).OfType<PeakScore>()])
        {
            Steps = steps,
            MeanActual = sum / steps,
            MeanAbsoluteError = absolute / steps,
            Bias = bias / steps,
            SymmetricError = symmetric / steps,
            PinballLoss = pinball / steps,
            ExpectedPinballLoss = expected / steps,
        };
    }

    /// <summary>What came at each step of a forecast; NaN where unknown.</summary>
    internal static double[] Actual(ForecastRecord record, TimeSeries rates)
    {
        var actual = new double[record.Horizon];
        int offset = rates.Count == 0 ? 0 : rates.IndexOf(record.Origin);
        for (int h = 0; h < actual.Length; h++)
        {
            actual[h] = (uint)(offset + h) < (uint)rates.Count ? rates[offset + h] : double.NaN;
        }

        return actual;
    }

    private static PeakScore? Score(ForecastRecord record, PeakRecord peak, double[] actual)
    {
        (int first, int count) = record.StepsOf(peak.Window);
        ReadOnlySpan<double> median = record.Steps(record.Quantiles.IndexOf(0.5));
        double errors = 0, sum = 0, logErrors = 0;
        int known = 0, logSteps = 0;
        int highest = -1;
        for (int h = first; h < first + count; h++)
        {
            if (!double.IsNaN(actual[h]))
            {
                known++;
                highest = highest < 0 || actual[h] > actual[highest] ? h : highest;
                errors += Math.Abs(median[h] - actual[h]);
                sum += actual[h];
                if (actual[h] > 0 && median[h] > 0)
                {
                    logErrors += Math.Abs(Math.Log(median[h] / actual[h]));
                    logSteps++;
                }
            }
        }

        bool whole = peak.Window.StartsAt >= record.Origin && peak.Window.EndsAt <= record.End;
        return known == 0 || known < LeastKnownOfWindow * count
            ? null
            : new PeakScore(peak, whole, actual[highest], record.Origin + (record.Step * highest)) { AbsoluteErrors = errors, Actuals = sum, LogErrors = logErrors, LogSteps = logSteps };
    }
}
