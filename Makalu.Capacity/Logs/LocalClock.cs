namespace Makalu.Capacity.Logs;

/// <summary>
/// Turns the local times of one log, in their order, into UTC. The hour that occurs twice when the clock goes back is the first one
/// until the log itself goes back by more than ten minutes, then the second; a time that the clock skips has the offset before.
/// </summary>
/// <remarks>Not safe to share between threads.</remarks>
internal sealed class LocalClock(TimeZoneInfo zone)
{
    private static readonly long BackwardTolerance = TimeSpan.FromMinutes(10).Ticks;

    // Zones change at multiples of a quarter of an hour: within one, the offset is the same.
    private static readonly long Quarter = TimeSpan.FromMinutes(15).Ticks;

    private static readonly long LongestOverlap = TimeSpan.FromHours(3).Ticks;

    private long _quarter = long.MinValue;
    private long _offset;
    private long _secondOffset;
    private bool _ambiguous;
    private bool _inSecondPass;
    private long _latestAmbiguous;

    /// <summary>Whether the result depends on the order of the times.</summary>
    public bool NeedsOrder => zone.SupportsDaylightSavingTime;

    public long ToUtc(long localTicks)
    {
        long quarter = localTicks - (localTicks % Quarter);
        if (quarter != _quarter)
        {
            Enter(quarter);
        }

        if (!_ambiguous)
        {
            return localTicks - _offset;
        }

        if (localTicks < _latestAmbiguous - BackwardTolerance)
        {
            _inSecondPass = true;
        }

        _latestAmbiguous = Math.Max(_latestAmbiguous, localTicks);
        return localTicks - (_inSecondPass ? _secondOffset : _offset);
    }

    private void Enter(long quarter)
    {
        _quarter = quarter;
        var local = new DateTime(quarter, DateTimeKind.Unspecified);
        _ambiguous = zone.IsAmbiguousTime(local);
        if (_ambiguous)
        {
            // The larger offset is that of summer: the first pass through the hour.
            TimeSpan[] offsets = zone.GetAmbiguousTimeOffsets(local);
            _offset = Math.Max(offsets[0].Ticks, offsets[1].Ticks);
            _secondOffset = Math.Min(offsets[0].Ticks, offsets[1].Ticks);
            return;
        }

        // A straggler just outside the hour does not end the second pass through it.
        if (Math.Abs(quarter - _latestAmbiguous) > LongestOverlap)
        {
            _inSecondPass = false;
            _latestAmbiguous = 0;
        }

        _offset = zone.IsInvalidTime(local)
            ? zone.GetUtcOffset(new DateTime(Math.Max(quarter - TimeSpan.TicksPerDay, 0), DateTimeKind.Unspecified)).Ticks
            : zone.GetUtcOffset(local).Ticks;
    }
}
