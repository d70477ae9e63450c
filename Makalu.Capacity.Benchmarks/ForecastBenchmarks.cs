using BenchmarkDotNet.Attributes;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks;

/// <summary>The hot path of a forecast: <c>auto</c> from the history to 1,000 paths of a week, and the pool's fit and simulation by themselves.</summary>
[Config(typeof(ForecastConfiguration))]
public class ForecastBenchmarks
{
    private TimeSeries? _history;
    private CampaignCalendar? _calendar;
    private PoolModel? _pool;

    [ParamsSource(nameof(Cases))]
    public ForecastCase Case { get; set; } = null!;

    public static IEnumerable<ForecastCase> Cases() => ForecastCase.All();

    [GlobalSetup]
    public void Setup()
    {
        _history = Case.History();
        _calendar = Case.Calendar();
        _pool = new PoolForecaster().FitPool(_history, CampaignCalendar.Empty, CancellationToken.None);
        _pool.FitFor(Case.Horizon, CancellationToken.None);
    }

    [Benchmark]
    public Forecast Auto() => Case.Auto().Fit(_history!, _calendar!).Predict(new PredictionOptions { Horizon = Case.Horizon });

    [Benchmark]
    public object PoolFit() => new PoolForecaster().FitPool(_history!, CampaignCalendar.Empty, CancellationToken.None).FitFor(Case.Horizon, CancellationToken.None);

    [Benchmark]
    public Forecast PoolPredict() => _pool!.Predict(new PredictionOptions { Horizon = Case.Horizon });
}
