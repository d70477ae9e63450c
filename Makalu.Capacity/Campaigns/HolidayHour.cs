namespace Makalu.Capacity.Campaigns;

/// <summary>An hour of a holiday, or the whole day where the steps are days, as holidays are compared.</summary>
/// <param name="Feast">Which holiday it is, whatever the year.</param>
/// <param name="Position">Which day of it, from 0.</param>
/// <param name="Day">The day, counted from any fixed one: hours of one day share their luck.</param>
/// <param name="Hour">The hour of day; 0 where the steps are days.</param>
/// <param name="SundayGap">By how much the logarithm of a Sunday's traffic lies above that of this weekday at this hour; 0 on a Sunday.</param>
internal readonly record struct HolidayHour(string Feast, int Position, int Day, int Hour, double SundayGap);
