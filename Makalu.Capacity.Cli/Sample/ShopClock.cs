namespace Makalu.Capacity.Cli.Sample;

/// <summary>
/// The clock of the sample's shop in Santiago de Chile: four hours behind UTC, three from 8 September 2024, 04:00 UTC, when the
/// clocks went forward. Written out, so that the sample does not depend on the time zones installed.
/// </summary>
internal static class ShopClock
{
    public const string TimeZone = "America/Santiago";

    public static DateTimeOffset ClockChange { get; } = new(2024, 9, 8, 4, 0, 0, TimeSpan.Zero);

    public static TimeSpan OffsetAt(DateTimeOffset time) => TimeSpan.FromHours(time < ClockChange ? -4 : -3);

    public static DateTimeOffset ToLocal(DateTimeOffset time) => time.ToOffset(OffsetAt(time));
}
