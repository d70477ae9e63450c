using BenchmarkDotNet.Attributes;
using MathNet.Numerics.LinearAlgebra;

namespace Makalu.Capacity.Benchmarks;

/// <summary>
/// The decomposition as the textbook has it: the whole trajectory matrix and its singular value decomposition by MathNet, without a
/// forecast, beside ours with one. Larger sizes take minutes and gigabytes.
/// </summary>
[Config(typeof(SsaConfiguration))]
public class SsaNaiveBenchmarks
{
    private double[] _series = [];

    [ParamsSource(nameof(Cases))]
    public SsaCase Case { get; set; } = null!;

    public static IEnumerable<SsaCase> Cases() => [new(2_000, 48, 20), new(2_000, 336, 20), new(10_000, 48, 20)];

    [GlobalSetup]
    public void Setup() => _series = SsaBenchmarkSeries.Of(Case.N);

    [Benchmark]
    public double FitAndForecast() => Case.Fit(_series).Forecast(288)[^1];

    [Benchmark]
    public double MathNetSvd()
        => Matrix<double>.Build.Dense(Case.L, Case.N - Case.L + 1, (i, k) => _series[i + k]).Svd().S[Case.K - 1];
}
