namespace Makalu.Capacity.Logs;

/// <summary>Durations as logs have them, as ticks of 100 ns.</summary>
internal static class DurationTicks
{
    /// <summary>The ticks of a duration; <see cref="RequestRecord.UnknownDuration"/> where the text is none, as <c>-</c>.</summary>
    /// <param name="text">A number.</param>
    /// <param name="unit">Its unit; <see cref="DurationUnit.Auto"/> takes one with a decimal point for seconds.</param>
    /// <param name="unitOfWhole">The unit of a whole number where <paramref name="unit"/> leaves it open.</param>
    public static long Of(ReadOnlySpan<byte> text, DurationUnit unit, DurationUnit unitOfWhole)
    {
        if (unit == DurationUnit.Auto)
        {
            unit = text.Contains((byte)'.') ? DurationUnit.Seconds : unitOfWhole;
        }

        long unitTicks = unit switch
        {
            DurationUnit.Seconds => TimeSpan.TicksPerSecond,
            DurationUnit.Milliseconds => TimeSpan.TicksPerMillisecond,
            DurationUnit.Microseconds => TimeSpan.TicksPerMicrosecond,
            _ => 0,
        };
        return Utf8Number.TryTicks(text, unitTicks, out long ticks) ? ticks : RequestRecord.UnknownDuration;
    }
}
