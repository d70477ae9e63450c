using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using Perfolizer.Horology;

namespace Makalu.Capacity.Benchmarks;

/// <summary>Few and short iterations, as the matrix of sizes is wide; memory; accuracy beside the time.</summary>
internal sealed class SsaConfiguration : ManualConfig
{
    public SsaConfiguration()
    {
        AddJob(Job.Default.WithLaunchCount(1).WithWarmupCount(2).WithIterationCount(5).WithIterationTime(TimeInterval.FromMilliseconds(100)));
        AddDiagnoser(MemoryDiagnoser.Default);
        WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(40));
        HideColumns(Column.Error, Column.StdDev, Column.Gen0, Column.Gen1, Column.Gen2);
        AddColumn(
            StatisticColumn.Min,
            new SsaAccuracyColumn("Residual", "largest residual of an eigenpair ÷ largest eigenvalue", a => a.Residual),
            new SsaAccuracyColumn("Forecast error", "RMSE of 288 steps against the noise-free continuation; the noise has 1", a => a.Error));
    }
}
