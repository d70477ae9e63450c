namespace Makalu.Capacity.Benchmarks;

/// <summary>How exact a fit and its forecast are.</summary>
/// <param name="Residual">The largest residual of an eigenpair ÷ λ₁.</param>
/// <param name="Error">The root mean square error of 288 steps against the noise-free continuation; the noise has 1.</param>
public sealed record SsaCaseAccuracy(double Residual, double Error);
