using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting.Pool;

/// <summary>Traffic whose law is known: a rate that rises by day and falls at weekends, and counts about it.</summary>
internal sealed record SimulatedTraffic
{
    private static readonly DateTimeOffset Start = new(2024, 3, 4, 0, 0, 0, TimeSpan.Zero);

    public required string Name { get; init; }

    public TimeSpan Step { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Requests per second at noon of a weekday.</summary>
    public required double NoonRate { get; init; }

    /// <summary>The index of dispersion of the counts; 1 is Poisson.</summary>
    public double Dispersion { get; init; } = 1;

    /// <summary>The standard deviation of the logarithm of the rate about its seasons.</summary>
    public double WanderingDeviation { get; init; }

    /// <summary>How long the wandering takes to forget itself.</summary>
    public TimeSpan WanderingMemory { get; init; } = TimeSpan.FromHours(6);

    public override string ToString() => Name;

    public (TimeSeries History, double Wandering) History(int days, RandomStream random)
    {
        var values = new double[(int)(TimeSpan.FromDays(days) / Step)];
        double wandering = WanderingDeviation * random.NextNormal();
        Continue(0, values, ref wandering, random);
        return (new TimeSeries(Start, Step, values), wandering);
    }

    /// <summary>One true future from where the history left off: the maximum over the horizon.</summary>
    public double FutureMaximum(int first, int horizon, double wandering, RandomStream random)
        => Future(first, horizon, wandering, random).Max();

    /// <summary>One true future from where the history left off.</summary>
    public double[] Future(int first, int horizon, double wandering, RandomStream random)
    {
        var values = new double[horizon];
        Continue(first, values, ref wandering, random);
        return values;
    }

    private void Continue(int first, Span<double> values, ref double wandering, RandomStream random)
    {
        double persistence = Math.Exp(-(Step / WanderingMemory));
        double innovation = WanderingDeviation * Math.Sqrt(1 - (persistence * persistence));
        for (int i = 0; i < values.Length; i++)
        {
            wandering = (persistence * wandering) + (innovation * random.NextNormal());
            double day = (first + i) * Step.TotalDays;
            double season = 0.55 - (0.45 * Math.Cos(2 * Math.PI * day));
            double weekend = (int)day % 7 >= 5 ? 0.6 : 1;
            double mean = NoonRate * season * weekend * Math.Exp(wandering) * Step.TotalSeconds;
            if (Dispersion > 1)
            {
                // A Poisson count of a gamma mean is negative binomial with this index of dispersion.
                double scale = Dispersion - 1;
                mean = random.NextGamma(mean / scale) * scale;
            }

            values[i] = random.NextPoisson(mean) / Step.TotalSeconds;
        }
    }
}
