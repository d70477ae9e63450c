namespace Makalu.Capacity.Series;

/// <summary>
/// Requests counted by second, and by tenth of a second where the times have fractions. A minute takes 60 or 600 bytes, more where a
/// count outgrows a byte: memory follows the span of the log, not its size.
/// </summary>
/// <remarks>Not safe to share between threads.</remarks>
internal sealed class ArrivalCounts
{
    public const int SecondsPerMinute = 60;
    public const int TenthsPerMinute = 600;
    private const int TenthsPerSecond = 10;

    private readonly Dictionary<long, Minute> _minutes = [];
    private long _lastKey = -1;
    private Minute? _last;

    /// <summary>Requests whose time has a fraction of a second.</summary>
    public long Fractional { get; private set; }

    public long Total { get; private set; }

    public void Add(long utcTicks)
    {
        long key = utcTicks / TimeSpan.TicksPerMinute;
        Minute minute = _last!;
        if (key != _lastKey)
        {
            minute = Find(key);
        }

        Total++;
        uint inMinute = (uint)(utcTicks - (key * TimeSpan.TicksPerMinute));
        uint second = inMinute / (uint)TimeSpan.TicksPerSecond;
        uint inSecond = inMinute - (second * (uint)TimeSpan.TicksPerSecond);
        if (inSecond == 0)
        {
            minute.Add((int)second, 0, 1);
        }
        else
        {
            Fractional++;
            minute.Add((int)second, (int)(inSecond / (uint)(TimeSpan.TicksPerSecond / TenthsPerSecond)), 1);
        }
    }

    public void Merge(ArrivalCounts other)
    {
        Total += other.Total;
        Fractional += other.Fractional;
        foreach ((long key, Minute minute) in other._minutes)
        {
            Find(key).Merge(minute);
        }
    }

    /// <summary>The minutes with requests, in order: minutes since the year 1, and the counts.</summary>
    public IEnumerable<KeyValuePair<long, Minute>> Minutes() => _minutes.OrderBy(m => m.Key);

    private Minute Find(long key)
    {
        if (!_minutes.TryGetValue(key, out Minute? minute))
        {
            minute = new Minute();
            _minutes.Add(key, minute);
        }

        _lastKey = key;
        _last = minute;
        return minute;
    }

    /// <summary>The counts of one minute.</summary>
    internal sealed class Minute
    {
        private byte[]? _small = new byte[SecondsPerMinute];
        private int[]? _large;
        private int _cellsPerSecond = 1;

        public void Add(int second, int tenth, int count)
        {
            if (tenth > 0 && _cellsPerSecond == 1)
            {
                SplitSeconds();
            }

            int cell = (second * _cellsPerSecond) + tenth;
            if (_small is not null)
            {
                int sum = _small[cell] + count;
                if (sum <= byte.MaxValue)
                {
                    _small[cell] = (byte)sum;
                    return;
                }

                _large = Array.ConvertAll(_small, c => (int)c);
                _small = null;
            }

            _large![cell] = checked(_large[cell] + count);
        }

        public void Merge(Minute other)
        {
            for (int cell = 0; cell < SecondsPerMinute * other._cellsPerSecond; cell++)
            {
                int count = other.Cell(cell);
                if (count > 0)
                {
                    Add(cell / other._cellsPerSecond, cell % other._cellsPerSecond, count);
                }
            }
        }

        /// <summary>The counts of the tenths of a second, 600 of them; a request at a whole second is in that second's first.</summary>
        public void CopyTenths(Span<int> tenths)
        {
            tenths.Clear();
            int stride = TenthsPerSecond / _cellsPerSecond;
            for (int cell = 0; cell < SecondsPerMinute * _cellsPerSecond; cell++)
            {
                tenths[cell * stride] = Cell(cell);
            }
        }

        /// <summary>The counts of the seconds, 60 of them.</summary>
        public void CopySeconds(Span<int> seconds)
        {
            seconds.Clear();
            for (int cell = 0; cell < SecondsPerMinute * _cellsPerSecond; cell++)
            {
                seconds[cell / _cellsPerSecond] += Cell(cell);
            }
        }

        private int Cell(int cell) => _small is not null ? _small[cell] : _large![cell];

        private void SplitSeconds()
        {
            var tenths = new int[TenthsPerMinute];
            CopyTenths(tenths);
            _cellsPerSecond = TenthsPerSecond;
            if (_small is not null)
            {
                _small = Array.ConvertAll(tenths, c => (byte)c);
            }
            else
            {
                _large = tenths;
            }
        }
    }
}
