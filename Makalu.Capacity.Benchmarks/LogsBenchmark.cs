using System.Globalization;
using System.IO.Compression;
using BenchmarkDotNet.Attributes;
using Makalu.Capacity.Logs;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks;

/// <summary>
/// A combined log with request times to a minute series. The size is 100 MB unless MAKALU_LOG_MEGABYTES says otherwise; the goal is
/// 860 MB in at most 3 s on 2 cores.
/// </summary>
[MemoryDiagnoser]
public class LogsBenchmark
{
    private readonly string _plain = Path.Combine(Path.GetTempPath(), $"makalu-benchmark-{Environment.ProcessId}.log");

    private string Packed => _plain + ".gz";

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Write()
    {
        int megabytes = int.Parse(Environment.GetEnvironmentVariable("MAKALU_LOG_MEGABYTES") ?? "100", CultureInfo.InvariantCulture);
        using (FileStream plain = File.Create(_plain))
        {
            LogsSample.Write(plain, megabytes);
        }

        using FileStream source = File.OpenRead(_plain);
        using var packed = new GZipStream(File.Create(Packed), CompressionLevel.Fastest);
        source.CopyTo(packed);
    }

    [GlobalCleanup]
    public void Delete()
    {
        File.Delete(_plain);
        File.Delete(Packed);
    }

    [Benchmark]
    public double Plain() => Ingest(_plain);

    [Benchmark]
    public double Gzip() => Ingest(Packed);

    /// <summary>What <c>wc -l</c> does: the floor that reading and finding lines sets.</summary>
    [Benchmark(Baseline = true)]
    public long CountLines()
    {
        using var stream = new FileStream(_plain, new FileStreamOptions { BufferSize = 0 });
        var buffer = new byte[1 << 18];
        long lines = 0;
        for (int read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
        {
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
        }

        return lines;
    }

    private double Ingest(string path)
    {
        var builder = new TimeSeriesBuilder();
        builder.AddLogs([path], new RequestLogOptions { MaxDegreeOfParallelism = Threads });
        return builder.Build(TimeSpan.FromMinutes(1)).Requests[0];
    }
}
