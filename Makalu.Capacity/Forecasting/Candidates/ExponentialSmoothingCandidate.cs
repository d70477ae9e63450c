namespace Makalu.Capacity.Forecasting.Candidates;

/// <summary>
/// Exponential smoothing with a damped trend, additive seasons of a day and a week, and a first-order autoregression of the errors
/// (Taylor, "Short-term electricity demand forecasting using double seasonal exponential smoothing", Journal of the Operational
/// Research Society 54, 2003; Gardner and McKenzie, Management Science 31, 1985, on damping). The settings are those, of a few,
/// with the least error over the horizon at recent origins.
/// </summary>
/// <param name="onlyWithoutSeason">Whether to leave series with a season to others.</param>
internal sealed class ExponentialSmoothingCandidate(bool onlyWithoutSeason) : Candidate
{
    private const double Damping = 0.95;

    /// <summary>An origin's error counts this much of that of the next.</summary>
    private const double Retention = 0.93;
    private const int Origins = 7;

    private static readonly double[] LevelGains = [0.02, 0.1, 0.3, 0.7];
    private static readonly (double Short, double Long)[] SeasonGains = [(0.05, 0.1), (0.2, 0.1), (0.05, 0.3), (0.2, 0.3), (0.4, 0.2)];
    private static readonly double[] Persistences = [0, 0.5, 0.9];
    private static readonly double[] TrendGains = [0, 0.1];

    public override string Name => "exponential smoothing";

    public override int MinimumHistory(SeasonLengths seasons) => onlyWithoutSeason && seasons.Short > 0 ? int.MaxValue
        : seasons.Short == 0 ? 24
        : Math.Max((2 * seasons.Long) + (2 * seasons.Short), 6 * seasons.Short);

    public override double[] Forecast(in CandidateInput input)
    {
        bool seasonal = input.Seasons.Short > 0;
        double least = double.PositiveInfinity;
        double[] best = [];
        foreach (double level in LevelGains)
        {
            foreach (double trend in TrendGains)
            {
                foreach ((double shortGain, double longGain) in seasonal ? SeasonGains : [(0.0, 0.0)])
                {
                    foreach (double persistence in seasonal ? Persistences : [0])
                    {
                        // A quick level and persistent errors are two names for one thing.
                        if (level > 0.2 && persistence > 0.8)
                            continue;

                        var smoothing = new Smoothing(input, level, trend, shortGain, longGain, persistence);
                        double error = smoothing.Run(input, out double[] forecast);
                        if (error < least)
                        {
                            least = error;
                            best = forecast;
                        }
                    }
                }
            }
        }

        return best;
    }

    /// <summary>One pass over a history with one setting.</summary>
    private sealed class Smoothing
    {
        private readonly double _levelGain;
        private readonly double _trendGain;
        private readonly double _shortGain;
        private readonly double _longGain;
        private readonly double _persistence;
        private readonly double[] _short;
        private readonly double[] _long;
        private double _level;
        private double _trend;
        private double _error;

        public Smoothing(in CandidateInput input, double levelGain, double trendGain, double shortGain, double longGain, double persistence)
        {
            (_levelGain, _trendGain, _shortGain, _longGain, _persistence) = (levelGain, trendGain, shortGain, longGain, persistence);
            ReadOnlySpan<double> values = input.Transformed;
            SeasonLengths seasons = input.Seasons;
            _short = new double[Math.Max(1, seasons.Short)];
            _long = new double[Math.Max(1, seasons.Long)];
            int first = seasons.Long > 0 ? 2 * seasons.Long : seasons.Short > 0 ? 3 * seasons.Short : 8;
            first = Math.Min(first, values.Length);
            for (int t = 0; t < first; t++)
            {
                _level += values[t] / first;
            }

            for (int t = 0; seasons.Short > 0 && t < first; t++)
            {
                _short[t % _short.Length] += (values[t] - _level) * _short.Length / first;
            }

            for (int t = 0; seasons.Long > 0 && t < first; t++)
            {
                // Two weeks tell a weekday's difference with noise: a part of it is taken.
                _long[t % _long.Length] += 0.7 * (values[t] - _level - _short[t % _short.Length]) / 2;
            }
        }

        public double Run(in CandidateInput input, out double[] forecast)
        {
            ReadOnlySpan<double> values = input.Transformed;
            int cycle = input.Seasons.Cycle;
            int judged = Math.Min(input.Horizon, Math.Min(2 * cycle, values.Length / 3));
            int last = values.Length - judged;
            int origins = Math.Min(Origins, Math.Max(0, (last - (values.Length / 3)) / cycle));
            double total = 0;
            for (int t = 0; t < values.Length; t++)
            {
                int back = last - t;
                if (back >= 0 && back % cycle == 0 && back / cycle <= origins)
                {
                    double[] trial = Ahead(t, judged);
                    double sum = 0;
                    for (int h = 0; h < judged; h++)
                    {
                        sum += Math.Abs(values[t + h] - trial[h]);
                    }

                    total += sum * Math.Pow(Retention, back / cycle);
                }

                Step(t, values[t]);
            }

            forecast = Ahead(values.Length, input.Horizon);
            return total;
        }

        private void Step(int t, double value)
        {
            ref double day = ref _short[t % _short.Length];
            ref double week = ref _long[t % _long.Length];
            double surprise = value - (_level + (Damping * _trend) + day + week + (_persistence * _error));
            _level += (Damping * _trend) + (_levelGain * surprise);
            _trend = (Damping * _trend) + (_levelGain * _trendGain * surprise);
            day += _shortGain * surprise;
            week += _longGain * surprise;
            _error = (_persistence * _error) + (surprise * (1 - _levelGain - _shortGain - _longGain));
        }

        private double[] Ahead(int t, int horizon)
        {
            var ahead = new double[horizon];
            double trend = _trend;
            double level = _level;
            double error = _error;
            for (int h = 0; h < horizon; h++)
            {
                trend *= Damping;
                level += trend;
                error *= _persistence;
                ahead[h] = level + error + _short[(t + h) % _short.Length] + _long[(t + h) % _long.Length];
            }

            return ahead;
        }
    }
}
