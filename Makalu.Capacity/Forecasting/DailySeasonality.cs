namespace Makalu.Capacity.Forecasting;

/// <summary>
/// The regressors of daily traffic: intercept, a weak trend, the year as a Fourier series, the weekday, and the weekday's change
/// over the year, each with the prior standard deviation of its coefficient on the logarithm.
/// </summary>
internal sealed class DailySeasonality
{
    private const int YearHarmonics = 8;
    private const int WeekdayHarmonics = 4;
    private const double YearDays = 365.25;
    private const double YearsForSeason = 1.5;

    private readonly DateTimeOffset _start;
    private readonly int _originDay;
    private readonly int _harmonics;
    private readonly int _weekdayHarmonics;

    /// <summary>Chooses the regressors that a history can carry: the year from a year and a half on.</summary>
    public DailySeasonality(DateTimeOffset start, int days)
    {
        _start = start;
        _originDay = days;
        bool season = days >= YearsForSeason * YearDays;
        _harmonics = season ? YearHarmonics : 0;
        _weekdayHarmonics = season ? WeekdayHarmonics : 0;
        Count = 2 + (2 * _harmonics) + 7 + (14 * _weekdayHarmonics);
    }

    /// <summary>The number of regressors.</summary>
    public int Count { get; }

    /// <summary>The first of the regressors of the weekday; those before it are level, trend and year.</summary>
    public int WeekdayColumn => 2 + (2 * _harmonics);

    /// <summary>The prior variance of each coefficient.</summary>
    public double[] PriorVariances()
    {
        var variances = new List<double> { 100, 0.05 * 0.05 };
        for (int k = 1; k <= _harmonics; k++)
            variances.AddRange([0.25 / k, 0.25 / k]);
        variances.AddRange(Enumerable.Repeat(0.25, 7));
        for (int k = 1; k <= _weekdayHarmonics; k++)
            variances.AddRange(Enumerable.Repeat(0.09 / (k * k), 14));
        return [.. variances];
    }

    /// <summary>The regressors of a day, counted from the start of the history.</summary>
    public void Fill(int day, Span<double> row)
    {
        DateTimeOffset time = _start.AddDays(day);
        double phase = 2 * Math.PI * (time - DateTimeOffset.UnixEpoch).TotalDays / YearDays;
        int weekday = (int)time.UtcDateTime.DayOfWeek;
        row.Clear();
        row[0] = 1;
        row[1] = (day - _originDay) / 730.0;
        int at = 2;
        for (int k = 1; k <= _harmonics; k++)
        {
            row[at++] = Math.Cos(k * phase);
            row[at++] = Math.Sin(k * phase);
        }

        row[at + weekday] = 1;
        at += 7;
        for (int k = 1; k <= _weekdayHarmonics; k++)
        {
            row[at + weekday] = Math.Cos(k * phase);
            row[at + 7 + weekday] = Math.Sin(k * phase);
            at += 14;
        }
    }
}
