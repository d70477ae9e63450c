namespace Makalu.Capacity.Service.Storage;

/// <summary>How a push of observations ended.</summary>
internal enum ObservationOutcome
{
    /// <summary>They are stored.</summary>
    Stored,

    /// <summary>The same push was stored before: nothing was done again.</summary>
    Replayed,

    /// <summary>The idempotency key was used for another body: nothing was stored.</summary>
    KeyReused,

    /// <summary>The service is not registered.</summary>
    NoService,
}
