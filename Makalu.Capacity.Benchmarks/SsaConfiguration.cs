using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using Perfolizer.Horology;

namespace Makalu.Capacity.Benchmarks;

/// <summary>Few and short iterations, as the matrix of sizes is wide; memory; accuracy beside the time.</summary>
internal sealed class SsaConfiguration : ManualConfig
{
    public SsaConfiguration()
    {
        AddJob(Job.Default.WithLaunchCount(1).WithWarmupCount(2).WithIterationCount(5).WithIterationTime(TimeInterval.FromMilliseconds(100)));
        AddDiagnoser(MemoryDiagnoser.Default);
        AddColumn(
            new SsaAccuracyColumn("Residual", "largest residual of an eigenpair ÷ largest eigenvalue", a => a.Residual),
            new SsaAccuracyColumn("Error", "RMSE of 288 steps against the noise-free continuation; the noise has 1", a => a.Error));
    }
}
