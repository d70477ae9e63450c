using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting;

/// <summary>A cluster's response on the steps of a forecast: its profile, the distribution of its amplitude, and the residual curves to draw from.</summary>
internal sealed class PlannedResponse
{
    /// <summary>With fewer past campaigns of the kind their residual curves say too little of its variety.</summary>
    private const int FewestCurves = 4;

    private readonly double[] _profile;

    /// <summary>Whether each step is the cluster's own; elsewhere it never lowers the forecast.</summary>
    private readonly bool[] _own;

    /// <summary>How much of the baseline one unit of the response is at each step; empty where campaigns multiply.</summary>
    private readonly double[] _units;
    private readonly double[] _curveShares;

    private PlannedResponse(CampaignCluster cluster, int firstStep, double[] profile, bool[] own, double[] units, AmplitudeDistribution amplitude, double[][] curves, double[] curveShares)
    {
        Cluster = cluster;
        FirstStep = firstStep;
        Amplitude = amplitude;
        Curves = curves;
        _profile = profile;
        _own = own;
        _units = units;
        _curveShares = curveShares;
    }

    public CampaignCluster Cluster { get; }

    public int FirstStep { get; }

    public int Count => _profile.Length;

    /// <summary>The step after the last.</summary>
    public int EndStep => FirstStep + Count;

    public AmplitudeDistribution Amplitude { get; }

    /// <summary>The residuals of past campaigns of the kind on the steps of the forecast; empty where there are too few.</summary>
    public double[][] Curves { get; }

    public static PlannedResponse Of(CampaignCluster cluster, CampaignResponse response, DateTimeOffset origin, TimeSpan step, int horizon, int stepsBefore)
    {
        ResponseProfile profile = response.ProfileOf(cluster);
        (int from, int to) = ResponseRows.Reach(cluster, profile, origin, step, horizon);
        var values = new double[Math.Max(0, to - from)];
        var times = new double[values.Length];
        var own = new bool[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            DateTimeOffset time = origin + (step * (from + i));
            times[i] = ResponseRows.TimeOf(time, step, cluster, profile);
            values[i] = ResponseRows.ValueOf(time, step, cluster, profile);
            own[i] = CampaignWindow.Owns(cluster, time, step);
        }

        var curves = new List<double[]>();
        var shares = new List<double>();
        double total = 0;
        for (int j = 0; j < response.Past.Count; j++)
        {
            if (response.Curves[j] is ResidualCurve curve && string.Equals(curve.Kind, cluster.Kind, StringComparison.Ordinal))
            {
                curves.Add(Array.ConvertAll(times, curve.At));
                shares.Add(total += response.Weights[j]);
            }
        }

        bool enough = curves.Count >= FewestCurves;
        ResponseScale scale = response.Scales.OfKind(cluster.Kind);
        double[] units = scale.IsAdditive ? [.. Enumerable.Range(from + stepsBefore, values.Length).Select(scale.UnitAt)] : [];
        return new PlannedResponse(cluster, from, values, own, units, response.AmplitudeOf(cluster), enough ? [.. curves] : [], enough ? [.. shares] : []);
    }

    /// <summary>Adds the cluster's fitted response to a history, from whose start this response was made.</summary>
    public void AddFitted(Span<JointEffect> history)
    {
        for (int i = 0; i < _profile.Length; i++)
            history[FirstStep + i] = history[FirstStep + i].With(Amplitude.Mean * _profile[i], UnitAt(i));
    }

    /// <summary>Draws the cluster once for a path.</summary>
    /// <param name="random">The path's own stream for this cluster.</param>
    /// <returns>Its amplitude, and which of <see cref="Curves"/> is its noise; −1 where there are none.</returns>
    public (double Amplitude, int Curve) Draw(RandomStream random)
    {
        double amplitude = Amplitude.Draw(random);
        return (amplitude, Curves.Length == 0 ? -1 : PickCurve(random.NextDouble() * _curveShares[^1]));
    }

    /// <summary>Adds the response as drawn to steps of a path.</summary>
    /// <param name="drawn">What <see cref="Draw"/> gave for the path.</param>
    /// <param name="from">The first of the steps, all of which the cluster reaches.</param>
    /// <param name="curvesAt">How many clusters add a residual curve at each of the steps.</param>
    /// <param name="effect">What the campaigns do together at each of the steps.</param>
    /// <param name="noise">The residual curves on the logarithm.</param>
    public void Add((double Amplitude, int Curve) drawn, int from, ReadOnlySpan<int> curvesAt, Span<JointEffect> effect, Span<double> noise)
    {
        int offset = from - FirstStep;
        for (int i = 0; i < effect.Length; i++)
            effect[i] = effect[i].With(drawn.Amplitude * PlannedAt(offset + i), UnitAt(offset + i));
        if (drawn.Curve < 0)
            return;
        ReadOnlySpan<double> curve = Curves[drawn.Curve].AsSpan(offset, noise.Length);
        for (int i = 0; i < curve.Length; i++)
            noise[i] += _own[offset + i] ? curve[i] / Math.Sqrt(curvesAt[i]) : 0;
    }

    public double PeakFactor(double probability)
    {
        double amplitude = Amplitude.Quantile(probability);
        return _units.Length == 0
            ? Math.Exp(amplitude / Cluster.Size)
            : Math.Pow(Enumerable.Range(0, _profile.Length).Max(i => FactorAt(i, amplitude)), 1.0 / Cluster.Size);
    }

    public double[] MedianFactors()
    {
        double amplitude = Amplitude.Quantile(0.5);
        return [.. Enumerable.Range(0, _profile.Length).Select(i => Math.Pow(FactorAt(i, amplitude), 1.0 / Cluster.Size))];
    }

    /// <summary>Whether a residual curve takes the place of the noise at a step of the forecast that the cluster reaches.</summary>
    public bool HasCurveAt(int step) => Curves.Length > 0 && _own[step - FirstStep];

    private double PlannedAt(int step) => _own[step] ? _profile[step] : Math.Max(_profile[step], 0);

    private double UnitAt(int step) => _units.Length == 0 ? 1 : _units[step];

    private double FactorAt(int step, double amplitude) => Math.Exp(default(JointEffect).With(amplitude * PlannedAt(step), UnitAt(step)).Logarithm);

    private int PickCurve(double point)
    {
        int index = Array.BinarySearch(_curveShares, point);
        return Math.Min(index >= 0 ? index : ~index, _curveShares.Length - 1);
    }
}
