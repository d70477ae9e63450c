using Makalu.Capacity.Monitoring;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Backtesting;

/// <summary>The errors of repeating the last season, and of the forecast's median on the same steps.</summary>
internal readonly record struct NaiveError(TimeSpan Season, int Steps, double NaiveAbsolute, double MedianAbsolute)
{
    private static readonly TimeSpan[] Seasons = [TimeSpan.FromDays(1), TimeSpan.FromDays(7), TimeSpan.FromDays(364)];

    public static NaiveError[] Of(ForecastRecord record, TimeSeries came)
    {
        double[] actual = ForecastScore.Actual(record, came);
        ReadOnlySpan<double> median = record.Steps(record.Quantiles.IndexOf(0.5));
        int origin = came.IndexOf(record.Origin);
        List<NaiveError> errors = [];
        foreach (TimeSpan season in Seasons)
        {
            int period = (int)(season / record.Step);
            if (season.Ticks % record.Step.Ticks != 0 || period < 1 || origin < period)
            {
                continue;
            }

            var error = new NaiveError(season, 0, 0, 0);
            for (int h = 0; h < actual.Length; h++)
            {
                // Horizons beyond a season repeat the last one known.
                int back = origin + h - (period * ((h / period) + 1));
                double difference = actual[h] - (back >= 0 ? came[back] : double.NaN);
                if (!double.IsNaN(difference))
                {
                    error = new NaiveError(season, error.Steps + 1, error.NaiveAbsolute + Math.Abs(difference), error.MedianAbsolute + Math.Abs(actual[h] - median[h]));
                }
            }

            errors.Add(error);
        }

        return [.. errors];
    }
}
