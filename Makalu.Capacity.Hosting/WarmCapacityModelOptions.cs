namespace Makalu.Capacity.Hosting;

/// <summary>When a warm model is fitted.</summary>
public sealed record WarmCapacityModelOptions
{
    /// <summary>The time from the end of one fit to the beginning of the next; 1 second to 400 days. Default 5 minutes.</summary>
    public TimeSpan RefitInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How far a history may grow before the candidates are judged anew; until then a fit keeps the forecaster that was chosen, which takes
    /// hundredths of a second in the place of seconds. 0 to 400 days. Default 1 day.
    /// </summary>
    public TimeSpan JudgeInterval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// A file for what was chosen (see <see cref="CapacityModelState"/>), so that the first fit after a restart need not judge; replaced whole
    /// after each judgement. Default null: none.
    /// </summary>
    public string? StateFile { get; init; }

    /// <summary>Throws when values are out of range, all of them stated together.</summary>
    /// <exception cref="ArgumentException">One or more values are out of range; the message lists each with its rule and remedy.</exception>
    public void Validate()
    {
        List<string> errors = [];
        var longest = TimeSpan.FromDays(400);
        if (RefitInterval < TimeSpan.FromSeconds(1) || RefitInterval > longest)
            errors.Add(FormattableString.Invariant($"RefitInterval {RefitInterval:c} must be 1 second to 400 days. Pass for example TimeSpan.FromMinutes(5)."));
        if (JudgeInterval < TimeSpan.Zero || JudgeInterval > longest)
            errors.Add(FormattableString.Invariant($"JudgeInterval {JudgeInterval:c} must be 0 to 400 days. Pass for example TimeSpan.FromDays(1)."));
        if (errors.Count > 0)
            throw new ArgumentException(string.Join(" ", errors));
    }
}
