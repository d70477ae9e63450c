namespace Makalu.Capacity.Campaigns;

/// <summary>What the fitted response left over along one past campaign: its own course, to be replayed along a new one.</summary>
internal sealed class ResidualCurve
{
    private readonly double[] _times;
    private readonly double[] _residuals;

    /// <summary>Creates a curve from residuals at ascending response times.</summary>
    public ResidualCurve(string kind, double[] times, double[] residuals)
    {
        Kind = kind;
        _times = times;
        _residuals = residuals;
    }

    public string Kind { get; }

    /// <summary>The residual at a response time, interpolated; that of the nearest end outside.</summary>
    public double At(double responseTime)
    {
        int index = Array.BinarySearch(_times, responseTime);
        if (index >= 0)
            return _residuals[index];
        int upper = ~index;
        if (upper == 0)
            return _residuals[0];
        if (upper == _times.Length)
            return _residuals[^1];
        double weight = (responseTime - _times[upper - 1]) / (_times[upper] - _times[upper - 1]);
        return _residuals[upper - 1] + (weight * (_residuals[upper] - _residuals[upper - 1]));
    }
}
