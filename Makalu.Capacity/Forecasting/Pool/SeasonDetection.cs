using Makalu.Capacity.Forecasting.Candidates;
using MathNet.Numerics.Distributions;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// Finds the seasons of a series by its periodogram: the power at a season's first harmonics against the power of the
/// frequencies beside them, which under no season follow an F distribution (Fisher's idea, with a local spectrum in the
/// place of white noise). The day, week and year are tried; without any of them, every other period.
/// </summary>
internal static class SeasonDetection
{
    private const double CalendarSignificance = 0.01;

    /// <summary>Below so many weeks the test has little power; the pool's own errors then judge whether the week matters.</summary>
    private const int WeeksToReject = 6;
    private const double WeekRejected = 0.5;
    private const double OtherSignificance = 1e-4;
    private const int Harmonics = 4;
    private const int LongHarmonics = 6;
    private const int Neighbours = 6;
    private const int FewestStepsInSeason = 4;
    private const double YearsForYearlySeason = 1.75;

    /// <param name="values">NaN where unknown.</param>
    /// <param name="step">The length of a step.</param>
    public static SeasonLengths Detect(ReadOnlySpan<double> values, TimeSpan step)
    {
        int n = values.Length;
        int day = StepsIn(TimeSpan.FromDays(1), step);
        int week = StepsIn(TimeSpan.FromDays(7), step);
        double[] level = Prepare(values, Math.Max(Math.Max(day, FewestStepsInSeason), 2));

        bool daily = day >= FewestStepsInSeason && n >= 2 * day && IsSeason(level, day, 0, CalendarSignificance);
        bool weekly = week >= FewestStepsInSeason && n >= 2 * week
            && ((daily && n < WeeksToReject * week) || IsSeason(level, week, daily ? day : 0, daily ? WeekRejected : CalendarSignificance));
        double yearSteps = TimeSpan.FromDays(365.25) / step;
        double year = day <= 1 && n >= YearsForYearlySeason * yearSteps ? yearSteps : 0;
        if (daily)
            return new SeasonLengths(day, weekly ? week : 0, year);

        if (weekly)
            return new SeasonLengths(week, 0, year);

        return new SeasonLengths(FindOther(level), 0, year);
    }

    /// <summary>The day and the week, as far as the step divides them; the week alone for days.</summary>
    /// <param name="step">The length of a step.</param>
    public static SeasonLengths OfCalendar(TimeSpan step)
    {
        int day = StepsIn(TimeSpan.FromDays(1), step);
        int week = StepsIn(TimeSpan.FromDays(7), step);
        return day >= FewestStepsInSeason ? new SeasonLengths(day, week) : new SeasonLengths(week >= FewestStepsInSeason ? week : 0, 0);
    }

    /// <summary>Whole steps in a span; 0 where it is none.</summary>
    private static int StepsIn(TimeSpan span, TimeSpan step) => span.Ticks % step.Ticks == 0 ? (int)Math.Min(span.Ticks / step.Ticks, int.MaxValue / 4) : 0;

    /// <summary>Square roots of the values (which steady the variance of counts), gaps filled, less a straight line.</summary>
    private static double[] Prepare(ReadOnlySpan<double> values, int cycle)
    {
        var prepared = new double[values.Length];
        for (int i = 0; i < prepared.Length; i++)
        {
            prepared[i] = Math.Sqrt(values[i]);
        }

        prepared = GapFilling.Fill(prepared, new SeasonLengths(cycle, 0));

        // Values far outside the rest would spread over the whole spectrum.
        double low = Numerics.SampleQuantile.Of(prepared, 0.01);
        double high = Numerics.SampleQuantile.Of(prepared, 0.99);
        for (int i = 0; i < prepared.Length; i++)
        {
            prepared[i] = Math.Clamp(prepared[i], low - (high - low), high + (high - low));
        }

        return prepared;
    }

    /// <summary>Whether the harmonics of <paramref name="season"/> stand out; those shared with <paramref name="known"/> do not count.</summary>
    private static bool IsSeason(double[] values, int season, int known, double significance)
        => ProbabilityWithoutSeason(values, season, known) < significance;

    private static double ProbabilityWithoutSeason(double[] values, int season, int known)
    {
        int cycles = values.Length / season;
        ReadOnlySpan<double> whole = Detrended(values.AsSpan(values.Length - (cycles * season)));
        int harmonics = Math.Min(known > 0 ? LongHarmonics : Harmonics, (season - 1) / 2);
        int reach = Math.Min(Neighbours, cycles - 1);
        double peak = 0;
        double beside = 0;
        int peaks = 0;
        int neighbours = 0;
        for (int j = 1; j <= harmonics; j++)
        {
            if (known > 0 && j % (season / known) == 0)
                continue;

            // Each harmonic is compared with its own neighbours, so that a red spectrum does not pass for a season.
            double around = 0;
            int count = 0;
            for (int d = -reach; d <= reach; d++)
            {
                int bin = (j * cycles) + d;
                if (d != 0 && bin >= 1 && 2 * bin < whole.Length)
                {
                    around += Power(whole, bin);
                    count++;
                }
            }

            peak += Power(whole, j * cycles);
            beside += around / Math.Max(1, count);
            peaks++;
            neighbours += count;
        }

        if (peaks == 0 || neighbours == 0)
            return 1;

        double noise = 1e-12 * values.Length * (1 + MeanSquare(values));
        double ratio = (peak + noise) / (beside + noise);
        return peak < noise ? 1 : 1 - FisherSnedecor.CDF(2 * peaks, 2 * neighbours, ratio);
    }

    private static int FindOther(double[] values)
    {
        // The periodogram of the most recent part proposes, the harmonics' test decides.
        int n = Math.Min(values.Length, 2048);
        if (n < 4 * FewestStepsInSeason)
            return 0;

        double[] recent = values[^n..];
        double[] detrended = Detrended(recent);
        int best = 0;
        double bestPower = 0;
        for (int bin = 3; bin <= n / FewestStepsInSeason; bin++)
        {
            double power = Power(detrended, bin);
            if (power > bestPower)
            {
                bestPower = power;
                best = bin;
            }
        }

        if (best == 0)
            return 0;

        int chosen = 0;
        double chosenProbability = OtherSignificance;
        int shortest = Math.Max(FewestStepsInSeason, (int)(n / (best + 1.0)));
        int longest = Math.Min(n / 3, (int)Math.Ceiling(n / (best - 1.0)));
        for (int season = shortest; season <= longest; season++)
        {
            double probability = ProbabilityWithoutSeason(recent, season, 0);
            if (probability < chosenProbability)
            {
                chosenProbability = probability;
                chosen = season;
            }
        }

        return chosen;
    }

    private static double[] Detrended(ReadOnlySpan<double> values)
    {
        int n = values.Length;
        double mean = 0;
        double slope = 0;
        double middle = (n - 1) / 2.0;
        for (int i = 0; i < n; i++)
        {
            mean += values[i] / n;
            slope += (i - middle) * values[i];
        }

        slope /= n * (((double)n * n) - 1) / 12;
        var detrended = new double[n];
        for (int i = 0; i < n; i++)
        {
            detrended[i] = values[i] - mean - (n > 2 ? slope * (i - middle) : 0);
        }

        return detrended;
    }

    /// <summary>The periodogram at one Fourier frequency (Goertzel's recurrence).</summary>
    private static double Power(ReadOnlySpan<double> values, int bin)
    {
        double coefficient = 2 * Math.Cos(2 * Math.PI * bin / values.Length);
        double last = 0;
        double before = 0;
        foreach (double value in values)
        {
            double next = value + (coefficient * last) - before;
            before = last;
            last = next;
        }

        return Math.Max(0, (last * last) + (before * before) - (coefficient * last * before)) / values.Length;
    }

    private static double MeanSquare(ReadOnlySpan<double> values) => System.Numerics.Tensors.TensorPrimitives.SumOfSquares(values) / values.Length;
}
