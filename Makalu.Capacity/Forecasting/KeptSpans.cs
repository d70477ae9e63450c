namespace Makalu.Capacity.Forecasting;

/// <summary>
/// Spans of steps that were simulated for one plan and may serve the next: as many as fit. Those that no question asked for the longest
/// time go first, and never those of the question that is being answered, so that a plan's own spans outlast a slider over one campaign.
/// </summary>
/// <param name="mostValues">How many values they may have together, 0 or more.</param>
/// <remarks>Safe to share between threads.</remarks>
internal sealed class KeptSpans(long mostValues)
{
    private readonly Lock _changing = new();
    private readonly Dictionary<string, (ChangedSteps Steps, long Question)> _spans = new(StringComparer.Ordinal);
    private long _values;
    private long _questions;

    /// <summary>The spans that the same planned campaigns reach, from where one begins or ends to where the next does, so that a campaign that is moved leaves all others as they are.</summary>
    /// <param name="planned">The campaigns.</param>
    /// <param name="reach">The first step of each, and the one after its last.</param>
    public static IEnumerable<(int From, int To, T[] Reaching)> Between<T>(T[] planned, Func<T, (int From, int To)> reach)
    {
        (int From, int To)[] reaches = Array.ConvertAll(planned, p => reach(p));
        int[] bounds = [.. reaches.SelectMany(r => new[] { r.From, r.To }).Distinct().Order()];
        for (int b = 0; b + 1 < bounds.Length; b++)
        {
            T[] reaching = [.. planned.Where((_, i) => reaches[i].From <= bounds[b] && reaches[i].To >= bounds[b + 1])];
            if (reaching.Length > 0)
                yield return (bounds[b], bounds[b + 1], reaching);
        }
    }

    /// <summary>Starts a question; the spans that it asks for are its own.</summary>
    public long Begin() => Interlocked.Increment(ref _questions);

    /// <summary>A span that is kept, or is simulated.</summary>
    /// <param name="key">All that the span hangs on.</param>
    /// <param name="question">What <see cref="Begin"/> gave.</param>
    /// <param name="simulate">Simulates it.</param>
    public ChangedSteps Get(string key, long question, Func<ChangedSteps> simulate)
    {
        lock (_changing)
        {
            if (_spans.TryGetValue(key, out (ChangedSteps Steps, long Question) known))
            {
                _spans[key] = (known.Steps, Math.Max(question, known.Question));
                return known.Steps;
            }
        }

        ChangedSteps simulated = simulate();
        lock (_changing)
        {
            if (_spans.TryGetValue(key, out (ChangedSteps Steps, long Question) known))
                return known.Steps;

            if (MakeRoom(simulated.Values.Length, question))
            {
                _spans.Add(key, (simulated, question));
                _values += simulated.Values.Length;
            }

            return simulated;
        }
    }

    private bool MakeRoom(int values, long question)
    {
        while (_values + values > mostValues)
        {
            string? oldest = _spans.Keys.MinBy(key => _spans[key].Question);
            if (oldest is null || _spans[oldest].Question >= question || !_spans.Remove(oldest, out (ChangedSteps Steps, long Question) span))
                return false;
            _values -= span.Steps.Values.Length;
        }

        return true;
    }
}
