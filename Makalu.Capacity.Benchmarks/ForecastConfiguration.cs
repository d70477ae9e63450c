using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Makalu.Capacity.Benchmarks;

/// <summary>A few whole forecasts each; memory; <c>auto</c>'s accuracy beside the time.</summary>
internal sealed class ForecastConfiguration : ManualConfig
{
    public ForecastConfiguration()
    {
        AddJob(Job.Default.WithLaunchCount(1).WithWarmupCount(2).WithIterationCount(5).WithInvocationCount(1).WithUnrollFactor(1));
        AddDiagnoser(MemoryDiagnoser.Default);
        HideColumns(Column.Error, Column.StdDev, Column.Gen0, Column.Gen1, Column.Gen2);
        AddColumn(StatisticColumn.Min, new ErrorColumn());
    }

    private sealed class ErrorColumn : IColumn
    {
        public string Id => nameof(ErrorColumn);

        public string ColumnName => "auto's error";

        public bool AlwaysShow => true;

        public ColumnCategory Category => ColumnCategory.Custom;

        public int PriorityInCategory => 0;

        public bool IsNumeric => true;

        public UnitType UnitType => UnitType.Dimensionless;

        public string Legend => "mean absolute error of the median against the true rate ÷ the mean rate";

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
            => benchmarkCase.Parameters["Case"] is ForecastCase one ? one.Error().ToString("0.000", CultureInfo.InvariantCulture) : "";

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

        public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

        public bool IsAvailable(Summary summary) => true;
    }
}
