using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>The series at the step at which the pool works: an hour for finer series, otherwise its own step.</summary>
internal sealed class WorkingSeries
{
    private WorkingSeries(double[] values, SeasonLengths seasons, int stepsPerValue)
    {
        Values = values;
        Seasons = seasons;
        StepsPerValue = stepsPerValue;
    }

    /// <summary>The values, NaN where unknown, counted back from the end of the series so that the last one is whole.</summary>
    public double[] Values { get; }

    /// <summary>The seasons in working steps.</summary>
    public SeasonLengths Seasons { get; }

    /// <summary>The number of the series' steps in a working step.</summary>
    public int StepsPerValue { get; }

    public static WorkingSeries Create(TimeSeries series, SeasonLengths seasons) => new(series.Values.ToArray(), seasons, 1);

    public int HorizonFor(int horizon) => (horizon + StepsPerValue - 1) / StepsPerValue;

    public static void RefineX(ReadOnlySpan<double> workingPath, Numerics.RandomStream random, Span<double> path)
    {
        _ = random;
        workingPath[..path.Length].CopyTo(path);
    }
}
