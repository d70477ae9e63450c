namespace Makalu.Capacity.Service.Storage;

/// <summary>What became of a push.</summary>
/// <param name="Inserted">Steps that were not known before.</param>
/// <param name="Replaced">Steps that were known, whose values are now those of the push.</param>
/// <param name="Outcome">How it ended.</param>
internal sealed record ObservationReceipt(long Inserted, long Replaced, ObservationOutcome Outcome);
