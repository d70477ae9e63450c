using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>
/// A series continued from its leading components. Forecasts are bounded by construction: no component may grow more than a
/// thousandfold over the history's length, and no value leave the history's range by more than its width.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class SsaModel
{
    private readonly double[] _tailSums;
    private readonly double[] _knownPart;
    private readonly double[] _coordinates;
    private readonly Lazy<double[]> _reconstruction;

    internal SsaModel(SsaDecomposition decomposition, SsaSpecification specification, SsaContinuation continuation, double spectralRadius, double largestModulus, double[] tailSums, double[] knownPart, double[] coordinates, RidgeSsaMap? map)
    {
        Decomposition = decomposition;
        Specification = specification;
        RidgeMap = map;
        Continuation = continuation;
        SpectralRadius = spectralRadius;
        LargestModulus = largestModulus;
        _tailSums = tailSums;
        _knownPart = knownPart;
        _coordinates = coordinates;
        _reconstruction = new Lazy<double[]>(() => Decomposition.ReconstructLeading(Rank));
        Method = specification.Method switch
        {
            SsaForecastMethod.Recurrent when continuation.CanRecur => SsaForecastMethod.Recurrent,
            SsaForecastMethod.Ridge => SsaForecastMethod.Ridge,
            _ => SsaForecastMethod.Vector,
        };
    }

    /// <summary>Fits a model; what the options leave out is chosen by rolling origin on the series itself.</summary>
    /// <param name="series">The history, oldest first, 8 values or more; NaN where unknown: gaps are filled by <see cref="SsaGapFilling"/>.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the fit.</param>
    /// <returns>The fitted model.</returns>
    /// <exception cref="ArgumentException">An option does not fit the series.</exception>
    /// <exception cref="ForecastException">The series is too short or unknown, or no forecast is defined for the window and rank asked for.</exception>
    public static SsaModel Fit(ReadOnlySpan<double> series, SsaOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new SsaOptions();
        options.Validate();
        ReadOnlySpan<double> complete = SsaGapFilling.Complete(series, options, cancellationToken);
        if (options.WindowLength is { } window && options.Rank is { } rank)
        {
            var given = new SsaSpecification
            {
                WindowLength = window,
                Rank = rank,
                Method = options.Method ?? SsaForecastMethod.Recurrent,
                SubtractMean = options.SubtractMean,
                Ridge = options.Ridge ?? SsaOptions.DefaultRidge,
                Horizon = options.Horizon ?? int.MaxValue,
            };
            return FitFixed(complete, given, null, cancellationToken);
        }

        return FitFixed(complete, SsaSelection.Select(complete, options, cancellationToken).Specification(options), null, cancellationToken);
    }

    /// <summary>Fits the same window, rank and method to a newer series; the search starts from this model's components.</summary>
    /// <param name="series">Finite values, oldest first.</param>
    /// <param name="cancellationToken">Cancels the fit.</param>
    /// <returns>A new model.</returns>
    /// <exception cref="ArgumentException">The series does not fit the window, or a value is not finite.</exception>
    public SsaModel Refit(ReadOnlySpan<double> series, CancellationToken cancellationToken = default)
        => FitFixed(series, Specification, Decomposition, cancellationToken);

    /// <summary>A model of the leading <paramref name="rank"/> components of a decomposition that exists already.</summary>
    /// <param name="decomposition">The decomposition.</param>
    /// <param name="rank">1 to the decomposition's number of components.</param>
    /// <param name="method">How to continue the series.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rank"/> exceeds the components.</exception>
    /// <exception cref="ForecastException">No forecast is defined: the components' space holds the last coordinate axis.</exception>
    public static SsaModel Of(SsaDecomposition decomposition, int rank, SsaForecastMethod method = SsaForecastMethod.Recurrent)
        => Of(decomposition, new SsaSpecification { WindowLength = decomposition.WindowLength, Rank = rank, Method = method, SubtractMean = decomposition.SubtractsMean });

    internal static SsaModel Of(SsaDecomposition decomposition, SsaSpecification specification)
    {
        int rank = specification.Rank;
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rank, decomposition.ComponentCount);
        SsaSubspace subspace = decomposition.Subspace;
        int usable = Math.Min(rank, subspace.NumericalRank());
        SsaRecurrence recurrence = SsaRecurrence.Of(subspace, usable);
        if (!recurrence.IsDefined)
        {
            throw new ForecastException(FormattableString.Invariant($"Rank {rank} with WindowLength {subspace.WindowLength} has verticality coefficient {recurrence.Verticality:R}, which must be below 1 for a forecast to be defined. Lower Rank or raise WindowLength."));
        }

        double largestModulus = Math.Min(specification.MostGrowth, Math.Exp(Math.Log(1000) / decomposition.SeriesLength));
        MathNet.Numerics.LinearAlgebra.Matrix<double>? shift = null;
        double spectralRadius = 0;
        if (usable > 0)
        {
            shift = SsaRecurrence.Shift(subspace, SsaRecurrence.ShiftProducts(subspace, usable), usable, usable, largestModulus, out spectralRadius);
        }

        (double lower, double upper) = Bounds(decomposition, usable);
        double[] row = shift is null ? [] : SsaRecurrence.AveragingRow(subspace, usable, shift);
        var continuation = new SsaContinuation(recurrence.Coefficients, recurrence.Verticality, shift?.ToRowMajorArray() ?? [], row, lower, upper);
        double[] sums = SsaTail.Sums(decomposition.Centred, subspace.Vectors.AsSpan(0, usable * subspace.WindowLength), subspace.WindowLength);
        double[] tail = SsaTail.Values(sums, decomposition.SeriesLength, subspace.WindowLength);
        double[] coordinates = new double[usable];
        RowProducts.Dot(subspace.Vectors, usable, decomposition.Centred[^subspace.WindowLength..], coordinates);
        bool isRidge = specification.Method == SsaForecastMethod.Ridge;
        if (spectralRadius > specification.MostGrowth || (isRidge && double.IsFinite(specification.MostGrowth)))
        {
            // Only the shift of windows can be held to a limit of growth.
            specification = specification with { Method = SsaForecastMethod.Vector };
            isRidge = false;
        }

        RidgeSsaMap? map = isRidge ? RidgeSsa.Map(decomposition.Centred, specification.RidgeOptions(decomposition.SeriesLength)) : null;
        return new SsaModel(decomposition, specification, continuation, spectralRadius, largestModulus, sums, continuation.KnownPart(tail), coordinates, map);
    }

    /// <summary>The decomposition the model rests on.</summary>
    public SsaDecomposition Decomposition { get; }

    /// <summary>The window length, L.</summary>
    public int WindowLength => Decomposition.WindowLength;

    /// <summary>The number of leading components that make the reconstruction, and the forecast unless that is of soft rank (<see cref="SsaForecastMethod.Ridge"/>).</summary>
    public int Rank => Specification.Rank;

    /// <summary>The ridge of the soft rank; null unless <see cref="Method"/> is <see cref="SsaForecastMethod.Ridge"/>.</summary>
    public double? Ridge => Method == SsaForecastMethod.Ridge ? Specification.Ridge : null;

    /// <summary>How the series is continued: what was asked for, or vector where the recurrence would amplify noise.</summary>
    public SsaForecastMethod Method { get; }

    /// <summary>The coefficients of the linear recurrence, oldest lag first: L − 1 values.</summary>
    public ReadOnlySpan<double> Recurrence => Continuation.Coefficients;

    /// <summary>Why forecasts stay bounded.</summary>
    public SsaStability Stability => new()
    {
        VerticalityCoefficient = Continuation.Verticality,
        SpectralRadius = SpectralRadius,
        LargestModulus = LargestModulus,
        LowerBound = Continuation.Lower + Decomposition.Mean,
        UpperBound = Continuation.Upper + Decomposition.Mean,
        Reason = Reason(),
    };

    /// <summary>The part of the history that the components carry, one value for each step.</summary>
    public ReadOnlySpan<double> Reconstruction => _reconstruction.Value;

    /// <summary>The variance of <see cref="Residuals"/>.</summary>
    public double NoiseVariance
    {
        get
        {
            double[] residuals = Residuals();
            return TensorPrimitives.SumOfSquares<double>(residuals) / residuals.Length;
        }
    }

    internal SsaContinuation Continuation { get; }

    internal double SpectralRadius { get; }

    internal double LargestModulus { get; }

    internal SsaSpecification Specification { get; }

    internal RidgeSsaMap? RidgeMap { get; }

    internal ReadOnlySpan<double> TailSums => _tailSums;

    internal ReadOnlySpan<double> KnownPart => _knownPart;

    internal ReadOnlySpan<double> Coordinates => _coordinates;

    /// <summary>What the components leave of the history: value less reconstruction, one for each step.</summary>
    public double[] Residuals()
    {
        double[] residuals = new double[Decomposition.SeriesLength];
        TensorPrimitives.Add(Decomposition.Centred, Decomposition.Mean, residuals);
        TensorPrimitives.Subtract(residuals, Reconstruction, residuals);
        return residuals;
    }

    /// <summary>Forecasts the steps that follow the history.</summary>
    /// <param name="horizon">1 or more.</param>
    /// <returns>One finite value for each step, within the bounds of <see cref="Stability"/>.</returns>
    public double[] Forecast(int horizon)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        double[] result = new double[horizon];
        Forecast(result);
        return result;
    }

    /// <summary>Forecasts the steps that follow the history, without allocating.</summary>
    /// <param name="result">Receives one finite value for each step, within the bounds of <see cref="Stability"/>.</param>
    public void Forecast(Span<double> result)
    {
        if (RidgeMap is not null)
        {
            RidgeMap.Continue(Decomposition.Centred[^WindowLength..], Continuation.Lower, Continuation.Upper, result);
        }
        else if (Method != SsaForecastMethod.Recurrent || !Continuation.TryRecur([], _knownPart, result))
        {
            Continuation.ShiftWindows(_coordinates, result);
        }

        TensorPrimitives.Add(result, Decomposition.Mean, result);
    }

    /// <summary>
    /// How a shock of 1 in the last value spreads into the next ones through the recurrence, or the regression of the ridge form: ψ₁ … ψ_H, so that the variance of
    /// the forecast at step h is σ²·(1 + ψ₁² + … + ψ²_(h−1)) for innovations of variance σ².
    /// </summary>
    /// <param name="horizon">1 or more.</param>
    /// <returns>One value for each step.</returns>
    public double[] ImpulseResponse(int horizon)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        double[] response = new double[horizon];
        if (RidgeMap is not null)
        {
            RidgeMap.Respond(response);
            return response;
        }

        ReadOnlySpan<double> a = Continuation.Coefficients;
        for (int h = 0; h < horizon; h++)
        {
            int own = Math.Min(h, a.Length);
            double value = TensorPrimitives.Dot(a[(a.Length - own)..], response.AsSpan(h - own, own)) + (h < a.Length ? a[a.Length - 1 - h] : 0);
            response[h] = Math.Clamp(value, -1e6, 1e6);
        }

        return response;
    }

    /// <summary>A mutable tracker that takes in new observations and forecasts from them without refitting.</summary>
    public SsaTracker Track() => new(this);

    /// <summary>Writes the model, versioned and exact to the bit.</summary>
    /// <param name="stream">A writable stream; left open.</param>
    public void Save(Stream stream) => SsaModelFile.Write(this, stream);

    /// <summary>Reads a model that <see cref="Save"/> wrote: it forecasts the same values, bit for bit.</summary>
    /// <param name="stream">A readable stream; left open.</param>
    /// <exception cref="InvalidDataException">The stream does not hold a model, or one of a newer version.</exception>
    public static SsaModel Load(Stream stream) => SsaModelFile.Read(stream);

    internal static SsaModel FitFixed(ReadOnlySpan<double> series, SsaSpecification specification, SsaDecomposition? previous, CancellationToken cancellationToken)
        => Of(SsaDecomposition.Decompose(series, specification.WindowLength, specification.Rank, specification.SubtractMean, previous, cancellationToken), specification);

    /// <summary>The history's range widened by its own width on both sides: a straight line may run on for as long as it has run. Where nothing but rounding is left over, growth is believed further.</summary>
    private static (double Lower, double Upper) Bounds(SsaDecomposition decomposition, int rank)
    {
        double minimum = TensorPrimitives.Min(decomposition.Centred);
        double maximum = TensorPrimitives.Max(decomposition.Centred);
        double carried = TensorPrimitives.Sum(decomposition.Eigenvalues[..rank]);
        double widths = carried >= decomposition.Subspace.Trace * (1 - 1e-12) ? 1000 : 1;
        double width = (maximum - minimum) * widths;
        return (minimum - width, maximum + width);
    }

    private string Reason()
    {
        if (Method == SsaForecastMethod.Ridge)
        {
            return FormattableString.Invariant($"The next {RidgeMap!.Horizon} values are regressed on the last window with ridge {Specification.Ridge}, later ones on those; nothing is iterated within, and values are held to the bounds.");
        }

        string how = Method == Specification.Method
            ? $"The {(Method == SsaForecastMethod.Recurrent ? "recurrence" : "shift of the last window")} continues the series"
            : FormattableString.Invariant($"The last window is shifted, as the recurrence with verticality coefficient {Continuation.Verticality:F3} would amplify noise");
        return SpectralRadius > LargestModulus
            ? how + FormattableString.Invariant($"; components that would grow by up to {SpectralRadius:F6} a step are held to {LargestModulus:F6}, and values to the bounds.")
            : how + "; no component grows, and values are held to the bounds.";
    }
}
