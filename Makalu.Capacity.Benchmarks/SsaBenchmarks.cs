using BenchmarkDotNet.Attributes;
using Makalu.Capacity.Forecasting.Ssa;

namespace Makalu.Capacity.Benchmarks;

/// <summary>Fit and forecast of 288 steps, forecast from a fitted model, append of one observation, and a forecast after each append.</summary>
[Config(typeof(SsaConfiguration))]
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
    public void AppendAndForecast()
    {
        _tracker!.Append(100);
        _tracker.Forecast(_forecast);
    }
}
