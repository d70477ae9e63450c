using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// The residuals of past days in blocks of two weeks, to be replayed: mostly those of the same season in past years, now and then
/// those of any date, so that a surprise that nobody announced has its chance in every window (a block bootstrap; Künsch,
/// Annals of Statistics 17, 1989).
/// </summary>
internal sealed class DailyResidualBlocks
{
    private const int BlockDays = 14;
    private const int JitterWeeks = 1;
    private const double AnyDateProbability = 0.1;
    private const double WeeksPerYear = 52.1775;

    private readonly double[] _residuals;
    private readonly int _years;

    /// <summary>Takes the residuals of consecutive days, all known.</summary>
    public DailyResidualBlocks(double[] residuals)
    {
        _residuals = residuals;
        _years = (int)(residuals.Length / 365.25);
    }

    /// <summary>Fills one path of residuals for the days that follow the history.</summary>
    public void Draw(RandomStream random, Span<double> path)
    {
        int n = _residuals.Length;
        int block = Math.Min(BlockDays, n);
        for (int from = 0; from < path.Length; from += block)
        {
            int length = Math.Min(block, path.Length - from);
            int years = 1 + random.NextInt(_years + 1);
            int jitter = random.NextInt((2 * JitterWeeks) + 1) - JitterWeeks;
            bool anyDate = random.NextDouble() < AnyDateProbability;
            int any = random.NextInt(n - length + 1);
            int start = n + from - (7 * (int)Math.Round(years * WeeksPerYear)) + (7 * jitter);
            if (_years == 0 || anyDate || start < 0 || start + length > n)
            {
                // The same weekday as the day that it stands for.
                start = any - ((((any - n - from) % 7) + 7) % 7);
                start = Math.Clamp(start < 0 ? start + 7 : start, 0, n - length);
            }

            _residuals.AsSpan(start, length).CopyTo(path[from..]);
        }
    }
}
