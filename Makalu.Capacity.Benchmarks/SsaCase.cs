using System.Collections.Concurrent;
using Makalu.Capacity.Forecasting.Ssa;

namespace Makalu.Capacity.Benchmarks;

/// <summary>A size of the SSA benchmarks.</summary>
public sealed record SsaCase(int N, int L, int K)
{
    private static readonly ConcurrentDictionary<SsaCase, SsaCaseAccuracy> s_accuracy = new();

    public static IEnumerable<SsaCase> All()
    {
        foreach (int n in new[] { 2_000, 10_000, 200_000, 1_000_000 })
        {
            foreach (int window in new[] { 48, 336, 1_440, 10_080 })
            {
                foreach (int components in new[] { 20, 50 })
                {
                    if (2 * window <= n && components < window)
                    {
                        yield return new SsaCase(n, window, components);
                    }
                }
            }
        }
    }

    public override string ToString() => FormattableString.Invariant($"N={N} L={L} k={K}");

    internal SsaModel Fit(double[] series) => SsaModel.Fit(series, new SsaOptions { WindowLength = L, Rank = K });

    /// <summary>How exact the fit and its forecast are; computed once for all columns and benchmarks of the size.</summary>
    internal SsaCaseAccuracy Accuracy()
        => s_accuracy.GetOrAdd(this, static c =>
        {
            SsaModel model = c.Fit(SsaBenchmarkSeries.Of(c.N));
            double[] forecast = model.Forecast(288);
            double error = Math.Sqrt(Enumerable.Range(0, 288).Average(h => Math.Pow(forecast[h] - SsaBenchmarkSeries.Signal(c.N + h, c.N), 2)));
            return new SsaCaseAccuracy(model.Decomposition.Residual, error);
        });
}
