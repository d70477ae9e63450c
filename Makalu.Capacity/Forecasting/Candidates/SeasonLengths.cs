namespace Makalu.Capacity.Forecasting.Candidates;

/// <summary>The seasons of a series in steps; 0 is none.</summary>
/// <param name="Short">The shorter season, as 24 for a day of hours.</param>
/// <param name="Long">The longer season, a multiple of the shorter one, as 168 for a week of hours.</param>
/// <param name="Year">The length of a year in steps, where the history has a yearly season.</param>
internal readonly record struct SeasonLengths(int Short, int Long, double Year = 0)
{
    /// <summary>The season that profiles repeat: the longer one where there is one.</summary>
    public int Profile => Long > 0 ? Long : Short;

    /// <summary>The block of time within which forecasts are judged: the shorter season, or a day's worth of steps without one.</summary>
    public int Cycle => Short > 0 ? Short : 24;
}
