namespace Makalu.Capacity;

/// <summary>How far a plan has come.</summary>
/// <param name="Stage">The stage at work, in words: <c>fitting</c>, <c>backtesting</c>, <c>simulating</c>, <c>sizing</c>, <c>asking what if</c>.</param>
/// <param name="Fraction">The part of all work that is done, 0 to 1.</param>
public readonly record struct PlanProgress(string Stage, double Fraction);
