namespace Makalu.Capacity.Peaks;

/// <summary>The forecast of the maximum within a window: the distribution of each sample path's own maximum.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class PeakForecast
{
    private readonly double[] _sortedMaxima;

    internal PeakForecast(PeakWindow window, double[] sortedMaxima, DateTimeOffset at, string cause)
    {
        Window = window;
        _sortedMaxima = sortedMaxima;
        At = at;
        Cause = cause;
    }

    /// <summary>The cause of a peak that no campaign raises.</summary>
    public const string BaselineCause = "baseline";

    /// <summary>The window.</summary>
    public PeakWindow Window { get; }

    /// <summary>When the maximum is most likely: the start of the step at which the paths' maxima lie most often, UTC.</summary>
    public DateTimeOffset At { get; }

    /// <summary>The campaign that raises the peak most, by name, or <see cref="BaselineCause"/>.</summary>
    public string Cause { get; }

    /// <summary>The maximum of each sample path, in rising order.</summary>
    internal ReadOnlySpan<double> SortedMaxima => _sortedMaxima;

    /// <summary>The peak with all traffic so many times as large, greater than 0: at the same time, by the same cause.</summary>
    internal PeakForecast Scaled(double scale) => new(Window, Array.ConvertAll(_sortedMaxima, maximum => maximum * scale), At, Cause);

    /// <summary>The quantile of the maximum step average within the window, in requests per second.</summary>
    /// <param name="probability">Between 0 and 1, both excluded.</param>
    public double Quantile(double probability)
    {
        Numerics.SampleQuantile.ThrowIfNotProbability(probability);
        return Numerics.SampleQuantile.OfSorted(_sortedMaxima, probability);
    }

    /// <summary>The probability that the maximum step average within the window exceeds a rate.</summary>
    /// <param name="requestsPerSecond">A rate.</param>
    public double ExceedanceProbability(double requestsPerSecond)
    {
        int index = Array.BinarySearch(_sortedMaxima, requestsPerSecond);
        index = index < 0 ? ~index : index + 1;
        while (index < _sortedMaxima.Length && _sortedMaxima[index] <= requestsPerSecond)
        {
            index++;
        }

        return (double)(_sortedMaxima.Length - index) / _sortedMaxima.Length;
    }
}
