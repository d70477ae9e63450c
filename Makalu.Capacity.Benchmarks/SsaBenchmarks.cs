using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using Makalu.Capacity.Forecasting.Ssa;
using MathNet.Numerics.LinearAlgebra;

namespace Makalu.Capacity.Benchmarks;

/// <summary>Fit and forecast of 288 steps, forecast from a fitted model, append of one observation; naive MathNet where it can run.</summary>
[MemoryDiagnoser]
[Config(typeof(Configuration))]
public class SsaBenchmarks
{
    private readonly double[] _forecast = new double[288];
    private double[] _series = [];
    private SsaModel? _model;
    private SsaTracker? _tracker;

    [ParamsSource(nameof(Cases))]
    public SsaCase Case { get; set; } = null!;

    public static IEnumerable<SsaCase> Cases() => SsaCase.All();

    [GlobalSetup]
    public void Setup()
    {
        _series = SsaBenchmarkSeries.Of(Case.N);
        _model = Case.Fit(_series);
        _tracker = _model.Track();
    }

    [Benchmark]
    public double FitAndForecast() => Case.Fit(_series).Forecast(288)[^1];

    [Benchmark]
    public void Forecast() => _model!.Forecast(_forecast);

    [Benchmark]
    public void Append() => _tracker!.Append(100);

    [Benchmark]
    public double NaiveMathNetSvd()
    {
        if (Case.N > 2_000 || Case.L > 336)
        {
            throw new NotSupportedException("The whole trajectory matrix and its singular value decomposition take minutes and gigabytes here.");
        }

        var trajectory = Matrix<double>.Build.Dense(Case.L, Case.N - Case.L + 1, (i, k) => _series[i + k]);
        return trajectory.Svd().S[Case.K - 1];
    }

    private sealed class Configuration : ManualConfig
    {
        public Configuration()
        {
            AddJob(Job.ShortRun);
            AddColumn(
                new SsaAccuracyColumn("Residual", "largest residual of an eigenpair ÷ largest eigenvalue", c => c.Residual()),
                new SsaAccuracyColumn("Error", "RMSE of 288 steps against the noise-free continuation; the noise has 1", c => c.ForecastError()));
        }
    }
}
