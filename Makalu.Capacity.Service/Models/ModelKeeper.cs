using System.Collections.Concurrent;
using System.Threading.Channels;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Service.Hosting;
using Makalu.Capacity.Service.Requests;
using Makalu.Capacity.Service.Storage;
using Makalu.Capacity.Sizing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Makalu.Capacity.Service.Models;

/// <summary>
/// Keeps the model of each service warm: fitted at the start, and again, one at a time and in the background, when observations have
/// arrived or the definition has changed. Until then the model before answers.
/// </summary>
internal sealed partial class ModelKeeper(ModelFitter fitter, ServiceTable services, ServiceSettings settings, TimeProvider time, ILogger<ModelKeeper> logger) : BackgroundService
{
    /// <summary>How long a fit takes, as far as is known: the mean of the last ones, the latest of which counts most.</summary>
    private static readonly TimeSpan UsualFit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _asked = new();
    private double _fitSeconds = UsualFit.TotalSeconds;
    private readonly ConcurrentQueue<string> _unexplored = new();
    private CancellationTokenSource? _lookingAhead;
    private readonly Channel<string> _queue = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Whether the services that were registered at the start have been looked at.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>The models that are warm.</summary>
    public IEnumerable<WarmModel> Warm => _entries.Values.Select(e => e.Model).OfType<WarmModel>();

    /// <summary>Tells that a service has changed: its model is fitted again soon.</summary>
    public void Touch(string name)
    {
        Entry entry = _entries.GetOrAdd(name, _ => new Entry());
        Interlocked.Increment(ref entry.Wanted);
        if (Interlocked.Exchange(ref entry.IsQueued, 1) == 0)
            _queue.Writer.TryWrite(name);
    }

    /// <summary>Forgets a service.</summary>
    public void Remove(string name)
    {
        if (_entries.TryRemove(name, out Entry? entry))
            entry.Next.TrySetResult();
    }

    /// <summary>The model and the last failure of a service, as they are now.</summary>
    public (WarmModel? Model, string? Error, bool IsBehind) Look(string name)
        => _entries.TryGetValue(name, out Entry? entry) ? (entry.Model, entry.Error, Interlocked.Read(ref entry.Done) < Interlocked.Read(ref entry.Wanted)) : (null, null, false);

    /// <summary>The warm model of a service; waits for the first fit, which comes before those that nobody waits for.</summary>
    /// <exception cref="RequestRefusedException">The service is not registered, or cannot be forecast, or its first fit takes too long.</exception>
    public async ValueTask<WarmModel> GetAsync(string name, Patience patience, CancellationToken cancellationToken)
    {
        if (_entries.TryGetValue(name, out Entry? entry) && entry.Model is { } warm && IsCurrent(entry, warm))
            return warm;

        if (entry is null && await services.FindAsync(name, cancellationToken) is null)
            throw new RequestRefusedException(StatusCodes.Status404NotFound, "No such service", "No service of this name is registered. Register it: PUT /v1/services/{name}.");

        if (entry is null)
            Touch(name);
        Ask(name);
        if (!await WaitAsync(name, patience.Longest, isModelEnough: true, cancellationToken))
            throw new RequestRefusedException(StatusCodes.Status503ServiceUnavailable, "The model is being fitted", "The service's model is not ready yet. Ask again as Retry-After says.", retryAfter: RetryAfter());

        (WarmModel? model, string? error, _) = Look(name);
        return model is not null && (error is null || (_entries.TryGetValue(name, out entry) && IsCurrent(entry, model))) ? model : throw new RequestRefusedException(StatusCodes.Status422UnprocessableEntity, "The history cannot be forecast", error ?? "The service was deleted.");
    }

    /// <summary>Waits until all that is known now is in the model.</summary>
    /// <returns>Whether it is within the time.</returns>
    public Task<bool> WaitAsync(string name, TimeSpan longest, CancellationToken cancellationToken) => WaitAsync(name, longest, isModelEnough: false, cancellationToken);

    private async Task<bool> WaitAsync(string name, TimeSpan longest, bool isModelEnough, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(longest);
        long wanted = _entries.TryGetValue(name, out Entry? first) ? Interlocked.Read(ref first.Wanted) : 0;
        while (_entries.TryGetValue(name, out Entry? entry))
        {
            Task next = entry.Next.Task;
            if (Interlocked.Read(ref entry.Done) >= wanted || (isModelEnough && entry.Model is { } model && IsCurrent(entry, model)))
                return true;

            try
            {
                await next.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a model was fitted for the definition in force; it may lack the newest observations.</summary>
    private static bool IsCurrent(Entry entry, WarmModel model) => model.Revision >= Interlocked.Read(ref entry.Revision);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (ServiceRow row in await services.ListAsync(stoppingToken))
            Touch(row.Name);
        IsStarted = true;
        do
        {
            while (_queue.Reader.TryRead(out string? name))
            {
                while (_asked.TryDequeue(out string? asked))
                    await FitIfBehindAsync(asked, stoppingToken);
                await FitIfBehindAsync(name, stoppingToken);
            }

            // What nobody waits for comes last, and makes room when something is asked for.
            if (_unexplored.TryDequeue(out string? next))
            {
                await LookAheadAsync(next, stoppingToken);
                continue;
            }

            await _queue.Reader.WaitToReadAsync(stoppingToken);
        }
        while (!stoppingToken.IsCancellationRequested);
    }

    /// <summary>Computes the outlook of a service's plan.</summary>
    private async Task LookAheadAsync(string name, CancellationToken stoppingToken)
    {
        if (Look(name).Model is not { Ahead: null } model)
            return;

        using var room = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Volatile.Write(ref _lookingAhead, room);
        try
        {
            await Task.Run(() => model.LookAhead(room.Token), stoppingToken);
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            // The service is stopping.
        }
        catch (Exception) when (room.IsCancellationRequested)
        {
            _unexplored.Enqueue(name);
        }
        catch (Exception exception)
        {
            // The plan itself stands; its outlook is tried again with the next model.
            LogFailed(logger, name, exception);
        }
        finally
        {
            Volatile.Write(ref _lookingAhead, null);
        }
    }

    private void MakeRoom()
    {
        try
        {
            Volatile.Read(ref _lookingAhead)?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended.
        }
    }

    private async Task FitIfBehindAsync(string name, CancellationToken stoppingToken)
    {
        if (!_entries.TryGetValue(name, out Entry? entry) || Interlocked.Read(ref entry.Done) >= Interlocked.Read(ref entry.Wanted))
            return;

        TimeSpan early = entry.Model is { } model ? settings.RefitInterval - (time.GetUtcNow() - model.FittedAt) : TimeSpan.Zero;
        if (early > TimeSpan.Zero && entry.Model!.Revision >= Interlocked.Read(ref entry.Revision))
        {
            _ = QueueLaterAsync(name, early, stoppingToken);
            return;
        }

        long from = time.GetTimestamp();
        await FitAsync(name, entry, stoppingToken);
        _fitSeconds += (time.GetElapsedTime(from).TotalSeconds - _fitSeconds) / 2;
    }

    /// <summary>Has a service that somebody waits for fitted before the others.</summary>
    private void Ask(string name)
    {
        if (_entries.TryGetValue(name, out Entry? entry) && Interlocked.Read(ref entry.Done) < Interlocked.Read(ref entry.Wanted) && Interlocked.Exchange(ref entry.IsAsked, 1) == 0)
        {
            _asked.Enqueue(name);
            MakeRoom();
        }
    }

    /// <summary>Whether somebody waits for a service whose fit has not begun.</summary>
    public bool IsAskedFor(string name) => _asked.Contains(name, StringComparer.Ordinal);

    /// <summary>When the models that are asked for will be there, roughly.</summary>
    private TimeSpan RetryAfter()
    {
        double seconds = Math.Ceiling(_fitSeconds * (1 + _asked.Count));
        return TimeSpan.FromSeconds(Math.Clamp(seconds, 1, LongestRetryAfter.TotalSeconds));
    }

    /// <summary>Tells that the definition has changed: the model is fitted without waiting for the interval.</summary>
    public void Redefine(string name, long revision)
    {
        Entry entry = _entries.GetOrAdd(name, _ => new Entry());
        Interlocked.Exchange(ref entry.Revision, revision);
        Touch(name);
        _queue.Writer.TryWrite(name);
        MakeRoom();
    }

    private async Task QueueLaterAsync(string name, TimeSpan delay, CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(delay, time, stoppingToken);
            _queue.Writer.TryWrite(name);
        }
        catch (OperationCanceledException)
        {
            // The service is stopping.
        }
    }

    private async Task FitAsync(string name, Entry entry, CancellationToken stoppingToken)
    {
        Interlocked.Exchange(ref entry.IsQueued, 0);
        Interlocked.Exchange(ref entry.IsAsked, 0);
        long wanted = Interlocked.Read(ref entry.Wanted);
        try
        {
            WarmModel? model = await fitter.FitAsync(name, entry.Model, stoppingToken);
            if (model is null)
            {
                Remove(name);
                return;
            }

            if (Interlocked.Read(ref entry.Revision) < model.Revision)
                Interlocked.Exchange(ref entry.Revision, model.Revision);
            entry.Error = null;
            entry.Model = model;
            _unexplored.Enqueue(name);
            LogFitted(logger, name, model.Version, model.Plan.Model, model.Plan.Start.UtcDateTime);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception) when (exception is ForecastException or SystemDescriptionException or RequestRefusedException)
        {
            entry.Error = exception.Message;
            LogRefused(logger, name, exception.Message);
        }
        catch (Exception exception)
        {
            // One service's failure must not stop the others' models.
            entry.Error = "The model could not be fitted because of a fault of this service; its log says more.";
            LogFailed(logger, name, exception);
        }

        Interlocked.Exchange(ref entry.Done, wanted);
        Interlocked.Exchange(ref entry.Next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    [LoggerMessage(LogLevel.Information, "Fitted {Service}, version {Version}: {Model} from {Origin:u}")]
    private static partial void LogFitted(ILogger logger, string service, long version, string model, DateTime origin);

    [LoggerMessage(LogLevel.Warning, "{Service} cannot be forecast: {Reason}")]
    private static partial void LogRefused(ILogger logger, string service, string reason);

    [LoggerMessage(LogLevel.Error, "Fitting {Service} failed")]
    private static partial void LogFailed(ILogger logger, string service, Exception exception);

    private sealed class Entry
    {
        public long Wanted;
        public long Done;
        public int IsQueued;
        public int IsAsked;
        public long Revision;
        public volatile WarmModel? Model;
        public volatile string? Error;
        public TaskCompletionSource Next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
