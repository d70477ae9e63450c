using Makalu.Capacity.Service.Requests;

namespace Makalu.Capacity.Service.Models;

/// <summary>A fitted model of a service with its plan: immutable, replaced as a whole when observations have arrived.</summary>
/// <param name="Name">The service's name.</param>
/// <param name="Revision">The revision of the definition that it was fitted for.</param>
/// <param name="Version">Counts the fits since the start of the process, so that answers of one model are told from another's.</param>
/// <param name="Definition">The definition.</param>
/// <param name="Model">What was learned.</param>
/// <param name="Plan">The plan at the definition's own settings.</param>
/// <param name="FittedAt">When it was fitted.</param>
/// <param name="JudgedAt">When its forecaster was chosen.</param>
/// <param name="Score">How earlier forecasts did; null where none can be scored yet.</param>
internal sealed record WarmModel(
    string Name,
    long Revision,
    long Version,
    ServiceDefinition Definition,
    CapacityModel Model,
    ComputedPlan Plan,
    DateTimeOffset FittedAt,
    DateTimeOffset JudgedAt,
    ForecastScore? Score)
{
    private readonly Lock _looking = new();
    private PlanWithOutlook? _ahead;

    /// <summary>The plan with its outlook, once it is known; null before.</summary>
    public PlanWithOutlook? Ahead => Volatile.Read(ref _ahead);

    /// <summary>The plan with its outlook: computed once, and then kept.</summary>
    public PlanWithOutlook LookAhead(CancellationToken cancellationToken)
    {
        lock (_looking)
        {
            return _ahead ??= PlanWithOutlook.Of(Model, Definition.System, cancellationToken);
        }
    }
}
