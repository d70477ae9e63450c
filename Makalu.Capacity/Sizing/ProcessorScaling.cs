namespace Makalu.Capacity.Sizing;

/// <summary>
/// How many cores' worth of work a server does when a number of requests compute at once: by the measured Universal Scalability Law, else
/// min(k, K) ÷ (1 + κ·max(0, k − K)) with a contention penalty κ.
/// </summary>
internal sealed record ProcessorScaling
{
    private readonly ScalabilityLaw? _law;
    private readonly double _measuredCores;
    private readonly double _contentionPenalty;

    public ProcessorScaling(double cores, double contentionPenalty)
    {
        Cores = cores;
        _contentionPenalty = contentionPenalty;
    }

    /// <param name="cores">The cores of the server that is asked about.</param>
    /// <param name="law">The law, as it was measured with all requests computing.</param>
    /// <param name="measuredCores">The cores of the server that it was measured on; one f times as large is taken to do f times as much at f times the concurrency.</param>
    public ProcessorScaling(double cores, ScalabilityLaw law, double measuredCores)
    {
        Cores = cores;
        _law = law;
        _measuredCores = measuredCores;
    }

    public double Cores { get; }

    /// <summary>Whether more requests at once ever lower the throughput.</summary>
    public bool Falls => _law is null ? _contentionPenalty > 0 : _law.Coherency > 0;

    /// <summary>Cores' worth of work at the most, where throughput never falls.</summary>
    public double Limit => _law is { Contention: > 0 } law ? Math.Min(Cores, Cores / _measuredCores / law.Contention) : Cores;

    public double At(int computing)
    {
        if (_law is null)
            return Math.Min(computing, Cores) / (1 + (_contentionPenalty * Math.Max(0, computing - Cores)));

        double larger = Cores / _measuredCores;
        double alike = computing / larger;
        double speedup = alike < 1 ? alike : _law.Speedup(alike);
        return Math.Min(Math.Min(computing, Cores), larger * speedup);
    }
}
