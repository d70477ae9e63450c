using System.Collections.Concurrent;
using Makalu.Capacity.Service.Hosting;
using Microsoft.Extensions.Caching.Memory;

namespace Makalu.Capacity.Service.Models;

/// <summary>Answers that were computed: the same question of the same model has the same answer, so that it is computed once.</summary>
internal sealed class AnswerCache(ServiceSettings settings, ComputationGate gate) : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly MemoryCache _answers = new(new MemoryCacheOptions { SizeLimit = settings.Limits.CacheBytes });
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _computing = new(StringComparer.Ordinal);

    /// <summary>Whether any answer is being computed or waits for it.</summary>
    public bool IsComputing => !_computing.IsEmpty;

    public async Task<Answer> GetAsync(string key, Func<Answer> compute, CancellationToken cancellationToken)
    {
        if (_answers.TryGetValue(key, out Answer? known))
            return known!;

        // Several that ask the same at once wait for the first; each may give up by itself.
        SemaphoreSlim turn = _computing.GetOrAdd(key, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (_answers.TryGetValue(key, out known))
                return known!;

            Answer answer = await gate.RunAsync(compute, cancellationToken);
            if (answer.Body.Length <= settings.Limits.CacheBytes / 4)
                _answers.Set(key, answer, new MemoryCacheEntryOptions { Size = answer.Body.Length + 256, SlidingExpiration = Lifetime });
            return answer;
        }
        finally
        {
            turn.Release();
            _computing.TryRemove(key, out _);
        }
    }

    /// <summary>Something that was kept beside the answers; null where it was not, or is not any more.</summary>
    public T? Find<T>(string key)
        where T : class => _answers.Get<T>(key);

    /// <summary>The most bytes that one thing beside the answers may take: half of all.</summary>
    public long LargestKept => settings.Limits.CacheBytes / 2;

    /// <summary>Keeps something beside the answers, within the same limit.</summary>
    public void Keep<T>(string key, T value, long bytes)
        where T : class => _answers.Set(key, value, new MemoryCacheEntryOptions { Size = bytes, SlidingExpiration = Lifetime });

    public void Dispose() => _answers.Dispose();
}
