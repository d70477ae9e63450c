using MathNet.Numerics.LinearRegression;

namespace Makalu.Capacity.Sizing;

/// <summary>
/// The Universal Scalability Law: throughput X(N) = λ·N ÷ (1 + σ(N − 1) + κN(N − 1)) at a concurrency of N, with λ the throughput of one, σ the
/// contention (what must be done one after the other) and κ the coherency (what each must settle with each other).
/// </summary>
/// <remarks>N. J. Gunther, "Guerrilla Capacity Planning", Springer 2007, chapters 4 to 6. Immutable; safe to share between threads.</remarks>
public sealed record ScalabilityLaw
{
    /// <summary>λ, the throughput at a concurrency of 1, greater than zero; 1 where only the shape is known.</summary>
    public double ThroughputOfOne { get; init; } = 1;

    /// <summary>σ, contention: a fraction within [0, 1].</summary>
    public required double Contention { get; init; }

    /// <summary>κ, coherency: 0 or more.</summary>
    public required double Coherency { get; init; }

    /// <summary>The part of the measured throughputs' variation that the law explains, at most 1; null where it was not fitted.</summary>
    public double? Determination { get; init; }

    /// <summary>How many measurements it was fitted to; 0 where it was not fitted.</summary>
    public int Measurements { get; init; }

    /// <summary>The concurrency of the highest throughput, √((1 − σ)/κ), at least 1; null where throughput never falls (κ = 0).</summary>
    public double? PeakConcurrency => Coherency > 0 ? Math.Max(1, Math.Sqrt((1 - Contention) / Coherency)) : null;

    /// <summary>How many times the throughput of one is reached: N ÷ (1 + σ(N − 1) + κN(N − 1)).</summary>
    /// <param name="concurrency">The concurrency N, 0 or more.</param>
    public double Speedup(double concurrency)
        => concurrency / (1 + (Contention * (concurrency - 1)) + (Coherency * concurrency * (concurrency - 1)));

    /// <summary>The throughput at a concurrency.</summary>
    /// <param name="concurrency">The concurrency N, 0 or more.</param>
    public double Throughput(double concurrency) => ThroughputOfOne * Speedup(concurrency);

    /// <summary>
    /// Fits the law to measurements by least squares of the relative errors: N/X = 1/λ + (σ/λ)(N − 1) + (κ/λ)N(N − 1) is linear in its three
    /// coefficients; each row is weighted by X/N. A coefficient that comes out negative is none (0), and the others are fitted without it.
    /// </summary>
    /// <param name="measurements">Throughputs at concurrencies of 1 or more, at least 4 of them at 3 different concurrencies; Gunther advises 6 or more.</param>
    /// <returns>The law.</returns>
    /// <exception cref="ArgumentException">There are too few measurements, or one is not positive and finite.</exception>
    public static ScalabilityLaw Fit(IReadOnlyList<ScalabilityMeasurement> measurements)
    {
        ArgumentNullException.ThrowIfNull(measurements);
        int different = measurements.Select(measurement => measurement.Concurrency).Distinct().Count();
        if (measurements.Count < 4 || different < 3)
            throw new ArgumentException(FormattableString.Invariant($"{measurements.Count} measurements at {different} different concurrencies do not determine three coefficients; at least 4 at 3 concurrencies are needed, 6 or more are advised. Measure at 1, 2, 4, 8, 16 and 32."), nameof(measurements));

        foreach (ScalabilityMeasurement measurement in measurements)
        {
            if (!(measurement.Concurrency >= 1 && double.IsFinite(measurement.Concurrency) && measurement.Throughput > 0 && double.IsFinite(measurement.Throughput)))
                throw new ArgumentException(FormattableString.Invariant($"The measurement of {measurement.Throughput} at a concurrency of {measurement.Concurrency} must be a throughput above 0 at a concurrency of 1 or more. Leave it out."), nameof(measurements));
        }

        (double[] withBoth, bool contended, bool coherent) = Solve(measurements, contention: true, coherency: true);
        if (withBoth[2] < 0)
        {
            (withBoth, contended, coherent) = Solve(measurements, contention: true, coherency: false);
        }

        if (withBoth[1] < 0)
        {
            (withBoth, contended, coherent) = Solve(measurements, contention: false, coherent);
            if (withBoth[2] < 0)
            {
                (withBoth, contended, coherent) = Solve(measurements, contention: false, coherency: false);
            }
        }

        double one = 1 / withBoth[0];
        var law = new ScalabilityLaw
        {
            ThroughputOfOne = one,
            Contention = contended ? Math.Clamp(withBoth[1] * one, 0, 1) : 0,
            Coherency = coherent ? Math.Max(0, withBoth[2] * one) : 0,
            Measurements = measurements.Count,
        };
        double mean = measurements.Average(measurement => measurement.Throughput);
        double total = measurements.Sum(measurement => (measurement.Throughput - mean) * (measurement.Throughput - mean));
        double left = measurements.Sum(measurement => Math.Pow(measurement.Throughput - law.Throughput(measurement.Concurrency), 2));
        return law with { Determination = total > 0 ? 1 - (left / total) : null };
    }

    private static (double[] Coefficients, bool Contended, bool Coherent) Solve(IReadOnlyList<ScalabilityMeasurement> measurements, bool contention, bool coherency)
    {
        double[][] rows = [.. measurements.Select(measurement =>
        {
            double n = measurement.Concurrency;
            double weight = measurement.Throughput / n;
            var row = new List<double> { weight };
            if (contention)
            {
                row.Add(weight * (n - 1));
            }

            if (coherency)
            {
                row.Add(weight * n * (n - 1));
            }

            return row.ToArray();
        })];
        double[] ones = [.. measurements.Select(_ => 1.0)];
        double[] found = MultipleRegression.QR(rows, ones, intercept: false);
        return ([found[0], contention ? found[1] : 0, coherency ? found[^1] : 0], contention, coherency);
    }
}
