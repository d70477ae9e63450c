namespace Makalu.Capacity.Backtesting;

/// <summary>Adds up what one rule's capacities would have meant.</summary>
internal sealed class DecisionTally(TimeSpan step)
{
    private int _plans;
    private int _plansExceeded;
    private long _steps;
    private long _exceeded;
    private long _late;
    private double _capacity;
    private double _idle;
    private double _demand;
    private double _logRatio;
    private int _ratios;

    /// <summary>A plan of a capacity, and the demand of each step while it was in force, NaN where unknown.</summary>
    public void Add(ProvidedCapacity provided, ReadOnlySpan<double> demand)
    {
        double capacity = provided.Total;
        int known = 0, exceeded = 0;
        double highest = 0;
        foreach (double needed in demand)
        {
            if (double.IsNaN(needed))
            {
                continue;
            }

            known++;
            exceeded += needed > capacity ? 1 : 0;
            _late += needed > provided.Planned ? 1 : 0;
            highest = Math.Max(highest, needed);
            _idle += Math.Max(0, capacity - needed);
            _demand += needed;
            _capacity += capacity;
        }

        if (known == 0)
        {
            return;
        }

        _plans++;
        _plansExceeded += exceeded > 0 ? 1 : 0;
        _steps += known;
        _exceeded += exceeded;
        if (highest > 0 && capacity > 0)
        {
            _logRatio += Math.Log(capacity / highest);
            _ratios++;
        }
    }

    public DecisionOutcome Outcome(string rule, double? quantile) => new()
    {
        Rule = rule,
        Quantile = quantile,
        Plans = _plans,
        PlansExceeded = _plansExceeded,
        Exceeded = step * _exceeded,
        ExceededWithoutHeadroom = step * _late,
        Judged = step * _steps,
        MeanCapacity = _capacity / _steps,
        OverProvision = _idle / _demand,
        CapacityToPeak = Math.Exp(_logRatio / _ratios),
    };
}
