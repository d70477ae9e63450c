using System.Globalization;
using System.Text;

namespace Makalu.Capacity.Cli.Nightly;

/// <summary>The stages of one service's night, what each gave and how long it took, as lines to read.</summary>
internal sealed class NightlyStages(TimeProvider time)
{
    private readonly StringBuilder _lines = new();
    private readonly long _start = time.GetTimestamp();
    private long _last = time.GetTimestamp();

    /// <summary>Notes that a stage is done.</summary>
    /// <param name="stage">Its name.</param>
    /// <param name="outcome">What it gave.</param>
    public void Done(string stage, FormattableString outcome)
    {
        long now = time.GetTimestamp();
        _lines.Append(CultureInfo.InvariantCulture, $"  {time.GetElapsedTime(_last, now).TotalSeconds,8:0.000} s  {stage}: {outcome.ToString(CultureInfo.InvariantCulture)}\n");
        _last = now;
    }

    /// <summary>All lines, under the name of the service.</summary>
    public string Of(string service, NightlyOutcome outcome)
    {
        string end = outcome.Failure is { } failure ? "failed: " + failure.Split('\n')[0] : outcome.IsReadBack ? "done before, read back" : outcome.NeedsAction ? "someone must act" : "nothing to do";
        return string.Create(CultureInfo.InvariantCulture, $"{service}: {end}, in {time.GetElapsedTime(_start).TotalSeconds:0.000} s\n{_lines}");
    }
}
