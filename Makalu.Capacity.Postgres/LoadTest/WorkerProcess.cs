using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Makalu.Capacity.Postgres.LoadTest;

/// <summary>A process that plays one instance. What is secret goes to its standard input, where no process list shows it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;

    private WorkerProcess(Process process, RehearsedService service)
    {
        _process = process;
        Service = service;
        _error = process.StandardError.ReadToEndAsync();
    }

    public RehearsedService Service { get; }

    public static async Task<WorkerProcess> StartAsync(ProcessStartInfo command, RehearsedService service, WorkerSpecification specification, CancellationToken cancellationToken)
    {
        command.RedirectStandardInput = true;
        command.RedirectStandardOutput = true;
        command.RedirectStandardError = true;
        var worker = new WorkerProcess(Process.Start(command)!, service);
        await worker.SayAsync(JsonSerializer.Serialize(specification, LoadWorker.Json), cancellationToken).ConfigureAwait(false);
        return worker;
    }

    public async Task ReadyAsync(CancellationToken cancellationToken)
    {
        if (await ReadLineAsync(cancellationToken).ConfigureAwait(false) != LoadWorker.Ready)
            throw await FailureAsync().ConfigureAwait(false);
    }

    public Task StartAsync(long timestamp, CancellationToken cancellationToken) => SayAsync(timestamp.ToString(CultureInfo.InvariantCulture), cancellationToken);

    public async Task<WorkerResult> ResultAsync(CancellationToken cancellationToken)
        => await ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line && JsonSerializer.Deserialize<WorkerResult>(line, LoadWorker.Json) is { } result
            ? result
            : throw await FailureAsync().ConfigureAwait(false);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken) => await _process.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false);

    private async Task SayAsync(string line, CancellationToken cancellationToken)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken).ConfigureAwait(false);
            await _process.StandardInput.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            throw await FailureAsync().ConfigureAwait(false);
        }
    }

    private async Task<InvalidOperationException> FailureAsync()
    {
        await _process.WaitForExitAsync().ConfigureAwait(false);
        return new InvalidOperationException($"A worker process ended with exit code {_process.ExitCode}: {await _error.ConfigureAwait(false)}");
    }
}
