using System.Numerics.Tensors;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Peaks;

namespace Makalu.Capacity;

/// <summary>
/// What is needed of two forecasts, with and without a campaign, to tell the horizon's peak at any size of it: the steps that the
/// campaign reaches, and of all others only each path's maximum. A hundredth of the forecasts' own size.
/// </summary>
internal sealed class CampaignScaling
{
    private readonly string _campaign;
    private readonly Forecast _outline;
    private readonly int _first;
    private readonly int _count;
    private readonly float[] _with;
    private readonly float[] _without;
    private readonly double[] _otherMaxima;
    private readonly int[] _otherSteps;

    public CampaignScaling(string campaign, Forecast with, Forecast without)
    {
        _campaign = campaign;
        _outline = Forecast.FromOwned(with.Start, with.Step, with.Horizon, new double[with.Horizon], with.CampaignEffects, with.Model, with.Report);
        (_first, _count) = Reach(with, without);
        _with = new float[with.PathCount * _count];
        _without = new float[with.PathCount * _count];
        _otherMaxima = new double[with.PathCount];
        _otherSteps = new int[with.PathCount];
        var steps = new double[_count];
        for (int p = 0; p < with.PathCount; p++)
        {
            with.Paths.CopyTo(p, _first, steps);
            TensorPrimitives.ConvertTruncating<double, float>(steps, _with.AsSpan(p * _count, _count));
            without.Paths.CopyTo(p, _first, steps);
            TensorPrimitives.ConvertTruncating<double, float>(steps, _without.AsSpan(p * _count, _count));
            (double before, int beforeAt) = with.Paths.Highest(p, 0, _first);
            (double after, int afterAt) = with.Paths.Highest(p, _first + _count, with.Horizon);
            (_otherMaxima[p], _otherSteps[p]) = after > before ? (after, afterAt) : before >= 0 ? (before, beforeAt) : (-1, 0);
        }
    }

    /// <summary>About how many bytes this holds.</summary>
    public long Bytes => (8L * _with.Length) + (12L * _otherMaxima.Length) + (8L * _outline.Horizon);

    /// <summary>A forecast with the steps and the campaigns at a size, and with no path worth looking at.</summary>
    public Forecast Outline(double scale)
    {
        var effects = _outline.CampaignEffects.Select(e => e.Campaign.Name == _campaign ? ScenarioForecasts.Scale(e, scale) : e).ToArray();
        return Forecast.FromOwned(_outline.Start, _outline.Step, _outline.Horizon, new double[_outline.Horizon], effects, _outline.Model, _outline.Report);
    }

    /// <summary>The peak of the horizon with the campaign so many times as large.</summary>
    /// <param name="outline">What <see cref="Outline"/> gives for the same size.</param>
    /// <param name="scale">How many times as large; 0 or more.</param>
    public PeakForecast Peak(Forecast outline, double scale)
    {
        var maxima = (double[])_otherMaxima.Clone();
        var steps = (int[])_otherSteps.Clone();
        var block = new float[_count];
        for (int p = 0; p < maxima.Length; p++)
        {
            // without + scale × (with − without)
            ReadOnlySpan<float> without = _without.AsSpan(p * _count, _count);
            TensorPrimitives.Subtract(_with.AsSpan(p * _count, _count), without, block);
            TensorPrimitives.MultiplyAdd(block, (float)scale, without, block);
            int highest = _count == 0 ? -1 : TensorPrimitives.IndexOfMax<float>(block);
            if (highest >= 0 && (block[highest] > maxima[p] || (block[highest] == maxima[p] && _first + highest < steps[p])))
                (maxima[p], steps[p]) = (Math.Max(block[highest], 0), _first + highest);
        }

        return PeakFinder.OfMaxima(outline, PeakFinder.Horizon(outline), 0, outline.Horizon, maxima, steps);
    }

    /// <summary>The steps from the first to the last at which any path differs.</summary>
    private static (int First, int Count) Reach(Forecast with, Forecast without)
    {
        int first = with.Horizon;
        int last = -1;
        foreach ((int from, int end) in SamplePaths.Joined(with.Paths.DifferencesFrom(without.Paths)))
        {
            var a = new double[end - from];
            var b = new double[end - from];
            for (int p = 0; p < with.PathCount; p++)
            {
                with.Paths.CopyTo(p, from, a);
                without.Paths.CopyTo(p, from, b);
                int same = a.AsSpan().CommonPrefixLength(b);
                if (same == a.Length)
                    continue;
                first = Math.Min(first, from + same);
                for (int i = a.Length - 1; from + i > last && i >= same; i--)
                {
                    if (a[i] != b[i])
                        last = from + i;
                }
            }
        }

        return last < first ? (0, 0) : (first, last - first + 1);
    }
}
