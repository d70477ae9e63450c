using Makalu.Capacity.Forecasting.Ssa;

namespace Makalu.Capacity.Benchmarks;

/// <summary>A size of the SSA benchmarks.</summary>
public sealed record SsaCase(int N, int L, int K)
{
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

    /// <summary>The largest residual of an eigenpair ÷ λ₁.</summary>
    internal double Residual() => Fit(SsaBenchmarkSeries.Of(N)).Decomposition.Residual;

    /// <summary>The root mean square error of 288 steps against the noise-free continuation; the noise has 1.</summary>
    internal double ForecastError()
    {
        double[] forecast = Fit(SsaBenchmarkSeries.Of(N)).Forecast(288);
        return Math.Sqrt(Enumerable.Range(0, 288).Average(h => Math.Pow(forecast[h] - SsaBenchmarkSeries.Signal(N + h, N), 2)));
    }
}
