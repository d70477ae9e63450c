namespace Makalu.Capacity.Series;

/// <summary>Arrivals laid on steps: their number, the busiest second, and how much more they vary than a Poisson stream.</summary>
internal sealed class StepCounts
{
    private const long MostSteps = 100_000_000;

    private readonly long _stepSeconds;
    private readonly long _startSecond;
    private readonly Dispersion? _atOneSecond;
    private readonly Dispersion? _atTenthOfSecond;

    private StepCounts(long startSecond, int count, long stepSeconds, bool hasTenths)
    {
        _startSecond = startSecond;
        _stepSeconds = stepSeconds;
        Requests = new double[count];
        BusiestSeconds = new double[count];
        _atOneSecond = stepSeconds == 1 ? null : new Dispersion(count, (int)stepSeconds, cellsPerSecond: 1);
        _atTenthOfSecond = hasTenths ? new Dispersion(count, (int)stepSeconds, cellsPerSecond: 10) : null;
    }

    public long StartTicks { get; private set; }

    public double[] Requests { get; private set; }

    public double[] BusiestSeconds { get; private set; }

    public double[]? DispersionAtOneSecond { get; private set; }

    public double[]? DispersionAtTenthOfSecond { get; private set; }

    public int PartialSteps { get; private set; }

    public static StepCounts Of(ArrivalCounts arrivals, long firstTicks, long lastTicks, TimeSpan step)
    {
        long stepSeconds = step.Ticks / TimeSpan.TicksPerSecond;
        long firstSecond = firstTicks / TimeSpan.TicksPerSecond;
        long lastSecond = lastTicks / TimeSpan.TicksPerSecond;
        long startSecond = firstSecond - (firstSecond % stepSeconds);
        long count = ((lastSecond - startSecond) / stepSeconds) + 1;
        if (count > MostSteps)
        {
            throw new InvalidOperationException(
                FormattableString.Invariant($"The requests span {count} steps of {step:c}, from {new DateTime(firstTicks):u} to {new DateTime(lastTicks):u}. Leave out times that a wrong clock wrote (From, To), or pass a longer step."));
        }

        var counts = new StepCounts(startSecond, (int)count, stepSeconds, arrivals.Fractional * 2 > arrivals.Total);
        foreach ((long minute, ArrivalCounts.Minute cells) in arrivals.Minutes())
        {
            counts.Add(minute * ArrivalCounts.SecondsPerMinute, cells);
        }

        counts.Finish(firstSecond, lastSecond, step);
        return counts;
    }

    private void Add(long firstSecond, ArrivalCounts.Minute minute)
    {
        Span<int> seconds = stackalloc int[ArrivalCounts.SecondsPerMinute];
        minute.CopySeconds(seconds);
        for (int i = 0; i < seconds.Length; i++)
        {
            if (seconds[i] > 0)
            {
                long step = (firstSecond + i - _startSecond) / _stepSeconds;
                Requests[step] += seconds[i];
                BusiestSeconds[step] = Math.Max(BusiestSeconds[step], seconds[i]);
            }
        }

        _atOneSecond?.Add(firstSecond - _startSecond, seconds);
        if (_atTenthOfSecond is not null)
        {
            Span<int> tenths = stackalloc int[ArrivalCounts.TenthsPerMinute];
            minute.CopyTenths(tenths);
            _atTenthOfSecond.Add(firstSecond - _startSecond, tenths);
        }
    }

    private void Finish(long firstSecond, long lastSecond, TimeSpan step)
    {
        DispersionAtOneSecond = _atOneSecond?.Values();
        DispersionAtTenthOfSecond = _atTenthOfSecond?.Values();
        int begin = IsPartial(firstSecond - _startSecond, 0, 1) ? 1 : 0;
        long endSecond = _startSecond + (Requests.Length * _stepSeconds);
        int end = Requests.Length - (IsPartial(endSecond - lastSecond - 1, Requests.Length - 1, -1) ? 1 : 0);
        if (begin >= end)
        {
            throw new InvalidOperationException(
                FormattableString.Invariant($"The requests, from {new DateTime(firstSecond * TimeSpan.TicksPerSecond):u} to {new DateTime(lastSecond * TimeSpan.TicksPerSecond):u}, do not cover one step of {step:c}. Pass a shorter step."));
        }

        PartialSteps = begin + Requests.Length - end;
        StartTicks = (_startSecond + (begin * _stepSeconds)) * TimeSpan.TicksPerSecond;
        Requests = Requests[begin..end];
        BusiestSeconds = BusiestSeconds[begin..end];
        DispersionAtOneSecond = DispersionAtOneSecond?[begin..end];
        DispersionAtTenthOfSecond = DispersionAtTenthOfSecond?[begin..end];
        SilentSteps.MarkUnknown(Requests, step);
        for (int i = 0; i < Requests.Length; i++)
        {
            if (double.IsNaN(Requests[i]))
            {
                BusiestSeconds[i] = double.NaN;
            }
        }
    }

    // Whether the seconds of the step before the first request, or after the last, would be silent by chance alone at the rate of
    // the step's other seconds and its neighbour.
    private bool IsPartial(long silentSeconds, int step, int towardsTheMiddle)
    {
        int neighbour = step + towardsTheMiddle;
        bool hasNeighbour = neighbour >= 0 && neighbour < Requests.Length;
        double seen = Requests[step] + (hasNeighbour ? Requests[neighbour] : 0);
        double seconds = _stepSeconds - silentSeconds + (hasNeighbour ? _stepSeconds : 0);
        return silentSeconds * seen / seconds > SilentSteps.LargestPlausible;
    }

    /// <summary>
    /// The index of dispersion (variance ÷ mean) of the counts of the cells of each step; for a step of several minutes that of each
    /// minute, averaged by requests.
    /// </summary>
    private sealed class Dispersion(int count, int stepSeconds, int cellsPerSecond)
    {
        private readonly bool _byMinute = stepSeconds % ArrivalCounts.SecondsPerMinute == 0;
        private readonly double[] _sums = new double[count];
        private readonly double[] _squares = new double[count];

        public void Add(long secondsFromStart, ReadOnlySpan<int> cells)
        {
            if (_byMinute)
            {
                (double sum, double squares) = Moments(cells);
                long step = secondsFromStart / stepSeconds;
                _sums[step] += sum;
                _squares[step] += sum * IndexOf(sum, squares, cells.Length);
                return;
            }

            for (int i = 0; i < cells.Length; i++)
            {
                if (cells[i] > 0)
                {
                    long step = (secondsFromStart + (i / cellsPerSecond)) / stepSeconds;
                    _sums[step] += cells[i];
                    _squares[step] += (double)cells[i] * cells[i];
                }
            }
        }

        /// <summary>One value a step; NaN where there are no requests.</summary>
        public double[] Values()
        {
            var values = new double[count];
            for (int i = 0; i < count; i++)
            {
                values[i] = _sums[i] == 0 ? double.NaN
                    : _byMinute ? _squares[i] / _sums[i]
                    : IndexOf(_sums[i], _squares[i], stepSeconds * cellsPerSecond);
            }

            return values;
        }

        private static double IndexOf(double sum, double squares, int cells) => (squares - (sum * sum / cells)) / (cells - 1) / (sum / cells);

        private static (double Sum, double Squares) Moments(ReadOnlySpan<int> cells)
        {
            double sum = 0;
            double squares = 0;
            foreach (int cell in cells)
            {
                sum += cell;
                squares += (double)cell * cell;
            }

            return (sum, squares);
        }
    }
}
