using Makalu.Capacity.Forecasting;

namespace Makalu.Capacity.Hosting;

/// <summary>
/// A fitted model that is replaced as a whole when more is known, and answers from memory in between. A fit that fails leaves the model
/// before in place.
/// </summary>
/// <remarks>Safe to share between threads.</remarks>
public sealed class WarmCapacityModel : IDisposable
{
    private readonly CapacityPlanner _planner;
    private readonly Func<CancellationToken, Task<CapacityKnowledge>> _learnFrom;
    private readonly WarmCapacityModelOptions _options;
    private readonly SemaphoreSlim _turn = new(1);
    private volatile TaskCompletionSource<CapacityModel> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile CapacityModel? _current;
    private volatile Exception? _lastFailure;

    /// <summary>Creates one that is fitted when <see cref="RefitAsync"/> is called; a host does so by itself, see AddWarmCapacityModel.</summary>
    /// <param name="planner">The planner.</param>
    /// <param name="learnFrom">Reads what is known; called before each fit, never twice at once.</param>
    /// <param name="options">How long a choice is kept, and where; default as documented there.</param>
    /// <exception cref="ArgumentException">One or more settings are out of range.</exception>
    public WarmCapacityModel(CapacityPlanner planner, Func<CancellationToken, Task<CapacityKnowledge>> learnFrom, WarmCapacityModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(planner);
        ArgumentNullException.ThrowIfNull(learnFrom);
        _planner = planner;
        _learnFrom = learnFrom;
        _options = options ?? new WarmCapacityModelOptions();
        _options.Validate();
    }

    /// <summary>The model, as old as the last fit that succeeded; null before the first.</summary>
    public CapacityModel? Current => _current;

    /// <summary>Why the last fit failed; null where it succeeded, or none has ended yet.</summary>
    public Exception? LastFailure => _lastFailure;

    /// <summary>The model; waits for the first fit, and for nothing once there is one.</summary>
    /// <param name="cancellationToken">Gives up the waiting, not the fit.</param>
    /// <exception cref="ForecastException">The history cannot be forecast; the message says what it lacks. It is told until a fit succeeds, as is any other failure of the source.</exception>
    public Task<CapacityModel> GetAsync(CancellationToken cancellationToken = default)
        => _current is { } model ? Task.FromResult(model) : _first.Task.WaitAsync(cancellationToken);

    /// <summary>Reads what is known and fits; waits where a fit is running.</summary>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>The new model.</returns>
    /// <exception cref="ForecastException">The history cannot be forecast; the message says what it lacks. The model before stays.</exception>
    public async Task<CapacityModel> RefitAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            CapacityKnowledge known = await _learnFrom(cancellationToken).ConfigureAwait(false);
            CapacityModel model = await Task.Run(() => Fit(known, cancellationToken), cancellationToken).ConfigureAwait(false);
            _current = model;
            _lastFailure = null;
            if (!_first.TrySetResult(model))
                _first = Completed(model);
            return model;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            _lastFailure = exception;
            if (_current is null)
                Fail(exception);
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Frees the lock; no fit may be running.</summary>
    public void Dispose() => _turn.Dispose();

    private CapacityModel Fit(CapacityKnowledge known, CancellationToken cancellationToken)
    {
        CapacityModelState? before = _current?.State() ?? Saved();
        CapacityModel model = before is not null && known.History.Requests.End - before.JudgedAt < _options.JudgeInterval
            ? _planner.Refit(known.History, known.Calendar, before, cancellationToken: cancellationToken)
            : _planner.Fit(known.History, known.Calendar, cancellationToken: cancellationToken);
        if (_options.StateFile is { } path && !model.IsChoiceKept)
            Save(path, model.State());
        return model;
    }

    /// <summary>Those who wait are told, and those who come later wait for the next fit no longer than for this one.</summary>
    private void Fail(Exception exception)
    {
        if (!_first.TrySetException(exception))
        {
            var failed = new TaskCompletionSource<CapacityModel>(TaskCreationOptions.RunContinuationsAsynchronously);
            failed.SetException(exception);
            _first = failed;
        }

        // Nobody may be waiting: that is no unobserved failure.
        _ = _first.Task.Exception;
    }

    private static TaskCompletionSource<CapacityModel> Completed(CapacityModel model)
    {
        var completed = new TaskCompletionSource<CapacityModel>();
        completed.SetResult(model);
        return completed;
    }

    private CapacityModelState? Saved()
    {
        if (_options.StateFile is not { } path || !File.Exists(path))
            return null;

        try
        {
            using FileStream file = File.OpenRead(path);
            return CapacityModelState.Load(file);
        }
        catch (InvalidDataException)
        {
            // Of another version, or damaged: it is replaced.
            return null;
        }
    }

    private static void Save(string path, CapacityModelState state)
    {
        string temporary = path + ".tmp";
        using (FileStream file = File.Create(temporary))
        {
            state.Save(file);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
