using System.Diagnostics;
using System.Net.Http.Headers;
using Makalu.Capacity.Tests.Reporting;

namespace Makalu.Capacity.Tests.Service;

/// <summary>The program in a process of its own, on a port of its own.</summary>
internal sealed class ServiceProcess : IDisposable
{
    public ServiceProcess(string connection, string key, params string[] arguments)
    {
        Url = new Uri(FormattableString.Invariant($"http://127.0.0.1:{LoopbackPort.Take()}"));
        Process = Start([.. arguments, "--listen", Url.GetLeftPart(UriPartial.Authority), "--database", connection]);

        // What it says is read, or it would wait for a reader.
        Process.OutputDataReceived += (_, _) => { };
        Process.BeginOutputReadLine();
        Client = new HttpClient { BaseAddress = Url };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public Uri Url { get; }

    public Process Process { get; }

    public HttpClient Client { get; }

    /// <summary>Runs the program to its end, which must be a good one.</summary>
    public static async Task<string> OutputAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.AreEqual(0, process.ExitCode, output);
        return output.Trim();
    }

    public async Task WaitUntilReadyAsync()
    {
        long from = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if ((await Client.GetAsync("/health/ready")).IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException) when (!Process.HasExited && Stopwatch.GetElapsedTime(from) < TimeSpan.FromMinutes(5))
            {
                // Not listening yet; the next connection is refused or taken when the process is scheduled.
                await Task.Yield();
            }
        }
    }

    public void Dispose()
    {
        if (!Process.HasExited)
            Process.Kill();
        Process.Dispose();
        Client.Dispose();
    }

    private static Process Start(params string[] arguments)
        => Process.Start(new ProcessStartInfo("dotnet", [typeof(Makalu.Capacity.Service.Program).Assembly.Location, .. arguments]) { RedirectStandardOutput = true })!;
}
