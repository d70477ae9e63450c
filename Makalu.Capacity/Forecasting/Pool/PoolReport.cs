namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>Tells how a pool came about.</summary>
internal static class PoolReport
{
    /// <param name="fit">The fitted pool.</param>
    /// <param name="step">Its working step.</param>
    /// <param name="origin">The end of the history.</param>
    /// <param name="outliers">What stood far outside.</param>
    public static ForecastReport Of(PoolFit fit, TimeSpan step, DateTimeOffset origin, IReadOnlyList<UnannouncedEvent> outliers)
    {
        ForecastMember[] members = [.. fit.Candidates
            .Select((c, m) => new ForecastMember { Name = c.Name, MeanAbsoluteError = fit.CandidateErrors[m], PinballLoss = fit.CandidateLosses[m], Weight = fit.Weights[m] })
            .OrderBy(m => m.PinballLoss)
            .ThenBy(m => m.Name, StringComparer.Ordinal)];
        return new ForecastReport
        {
            Members = members,
            Origins = fit.Origins,
            JudgedHorizon = step * fit.JudgedHorizon,
            WorkingStep = step,
            ShortSeason = Length(fit.Seasons.Short, step),
            LongSeason = Length(fit.Seasons.Long, step),
            Transform = fit.Transform.Describe(),
            LevelShiftAt = (fit.Law.Departure?.Count ?? fit.Shift?.Count) is { } count ? origin - (step * count) : null,
            LevelShiftFactor = Math.Exp(fit.Law.Departure?.Log ?? fit.Shift?.Log ?? 0),
            Outliers = outliers,
            FallBack = fit.FallBack,
            LeftOut = fit.LeftOut,
            Budget = fit.Effort.Told,
            Reason = members.Length == 0 ? $"The history is {fit.FallBack}." : Reason(members, fit.Origins),
        };
    }

    private static TimeSpan? Length(int steps, TimeSpan step) => steps > 0 ? step * steps : null;

    private static string Reason(ForecastMember[] members, int origins)
    {
        int used = members.Count(m => m.Weight > 0);
        return FormattableString.Invariant($"'{members[0].Name}' had the least pinball loss over {origins} origins ({members[0].PinballLoss:0.####} on the transformed scale, where its mean absolute error is {members[0].MeanAbsoluteError:0.####}) and has the weight {members[0].Weight:0.00}; {used - 1} others whose loss on a day ahead is within {PoolWeights.CutAt(origins):0.0#} times that share the rest, and {members.Length - used} count for nothing.");
    }
}
