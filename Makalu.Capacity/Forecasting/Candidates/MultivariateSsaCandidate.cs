using System.Numerics.Tensors;
using Makalu.Capacity.Forecasting.Boosting;
using Makalu.Capacity.Forecasting.Ssa;

namespace Makalu.Capacity.Forecasting.Candidates;

/// <summary>
/// Multivariate singular spectrum analysis with stacked windows (<see cref="MultivariateSsa"/>): the windows of the series that move together with this
/// one, each on a common scale, share one set of components, on which the series' own last windows are continued. A series with little history
/// of its own borrows the shapes that the others show.
/// </summary>
/// <param name="siblings">The series that share their components.</param>
/// <param name="times">The times of steps, 0 being the first after the history.</param>
internal sealed class MultivariateSsaCandidate(Siblings siblings, StepTimes times) : Candidate
{
    private const int WindowCycles = 4;
    private const int MostComponents = 16;

    /// <summary>The own cycles beyond a window before the earliest origin.</summary>
    private const int FurtherCycles = 2;

    public override string Name => "multivariate ssa";

    public override bool IsOnLogarithm => true;

    public override int MinimumHistory(SeasonLengths seasons) => Needs(seasons);

    /// <summary>The fewest steps of history.</summary>
    public static int Needs(SeasonLengths seasons) => (WindowCycles + FurtherCycles) * seasons.Cycle;

    public override double[] Forecast(in CandidateInput input)
    {
        int window = WindowCycles * input.Seasons.Cycle;
        int rank = Math.Min(MostComponents, window / 3);
        ReadOnlySpan<double> values = input.Transformed;
        double[] own = Siblings.Standardised(values, out double mean, out double deviation);
        if (deviation == 0)
            return Repeated(values, 1, input.Horizon);

        var subspace = SsaSubspace.Compute(siblings.Before(times.At(-input.Withheld), own, window + input.Seasons.Cycle), window, rank);
        if (!SsaRecurrence.Of(subspace, Math.Min(rank, subspace.NumericalRank())).IsDefined)
            return Repeated(values, input.Seasons.Cycle, input.Horizon);

        double[] forecast = SsaModel.Of(new SsaDecomposition(own, 0, true, subspace), rank).Forecast(input.Horizon);
        TensorPrimitives.Multiply(forecast, deviation, forecast);
        TensorPrimitives.Add(forecast, mean, forecast);
        return forecast;
    }

    /// <summary>The last steps again and again: components of single spikes cannot be continued.</summary>
    private static double[] Repeated(ReadOnlySpan<double> values, int steps, int horizon)
    {
        var forecast = new double[horizon];
        for (int h = 0; h < horizon; h++)
        {
            forecast[h] = values[values.Length - steps + (h % steps)];
        }

        return forecast;
    }
}
