using System.Runtime.InteropServices;
using System.Text;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>The binary form of a model: a mark, a version, then everything a forecast is computed from, little-endian and exact.</summary>
internal static class SsaModelFile
{
    private const int Version = 2;
    private static ReadOnlySpan<byte> Mark => "MakaluSSA\n"u8;

    public static void Write(SsaModel model, Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Mark);
        writer.Write(Version);
        SsaDecomposition decomposition = model.Decomposition;
        writer.Write(decomposition.WindowLength);
        writer.Write(model.Rank);
        writer.Write((int)model.Specification.Method);
        writer.Write(model.Specification.Ridge);
        writer.Write(model.Specification.Horizon);
        writer.Write(model.Specification.MostGrowth);
        writer.Write(decomposition.SubtractsMean);
        writer.Write(decomposition.Mean);
        writer.Write(decomposition.Subspace.Trace);
        writer.Write(decomposition.Residual);
        Write(writer, decomposition.Centred);
        Write(writer, decomposition.Eigenvalues);
        Write(writer, decomposition.Subspace.Vectors);
        SsaContinuation continuation = model.Continuation;
        writer.Write(continuation.Verticality);
        writer.Write(continuation.Lower);
        writer.Write(continuation.Upper);
        writer.Write(model.SpectralRadius);
        writer.Write(model.LargestModulus);
        Write(writer, continuation.Coefficients);
        Write(writer, continuation.Shift);
        Write(writer, continuation.AveragingRow);
        Write(writer, model.TailSums);
        Write(writer, model.KnownPart);
        Write(writer, model.Coordinates);
        Write(writer, model.RidgeMap?.Coefficients ?? []);
        Write(writer, model.RidgeMap?.Constants ?? []);
    }

    public static SsaModel Read(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        try
        {
            if (!reader.ReadBytes(Mark.Length).AsSpan().SequenceEqual(Mark))
            {
                throw new InvalidDataException("The stream does not hold an SSA model. Pass what SsaModel.Save wrote.");
            }

            int version = reader.ReadInt32();
            if (version != Version)
            {
                throw new InvalidDataException($"The SSA model has version {version}; this library reads version {Version}. Update the library or refit the model.");
            }

            int window = reader.ReadInt32();
            int rank = reader.ReadInt32();
            var method = (SsaForecastMethod)reader.ReadInt32();
            double ridge = reader.ReadDouble();
            int horizon = reader.ReadInt32();
            double mostGrowth = reader.ReadDouble();
            bool subtractsMean = reader.ReadBoolean();
            double mean = reader.ReadDouble();
            double trace = reader.ReadDouble();
            double residual = reader.ReadDouble();
            double[] centred = ReadArray(reader);
            double[] eigenvalues = ReadArray(reader);
            double[] vectors = ReadArray(reader);
            double verticality = reader.ReadDouble();
            double lower = reader.ReadDouble();
            double upper = reader.ReadDouble();
            double spectralRadius = reader.ReadDouble();
            double largestModulus = reader.ReadDouble();
            var continuation = new SsaContinuation(ReadArray(reader), verticality, ReadArray(reader), ReadArray(reader), lower, upper);
            var decomposition = new SsaDecomposition(centred, mean, subtractsMean, SsaSubspace.Restore(window, eigenvalues, vectors, trace, residual));
            double[] tailSums = ReadArray(reader);
            double[] knownPart = ReadArray(reader);
            double[] coordinates = ReadArray(reader);
            double[] regression = ReadArray(reader);
            double[] constants = ReadArray(reader);
            int used = coordinates.Length;
            bool consistent = window >= 2 && centred.Length > window && vectors.Length == (long)eigenvalues.Length * window && rank >= 1 && rank <= eigenvalues.Length
                && continuation.Coefficients.Length == window - 1 && tailSums.Length == window - 1 && knownPart.Length == window - 1
                && used <= rank && continuation.Rank == used && continuation.Shift.Length == used * used && Enum.IsDefined(method)
                && regression.Length == (long)constants.Length * window && (method == SsaForecastMethod.Ridge) == (constants.Length > 0);
            if (!consistent)
            {
                throw new InvalidDataException("The SSA model is damaged: its parts do not fit each other. Save it again from a fitted model.");
            }

            var specification = new SsaSpecification { WindowLength = window, Rank = rank, Method = method, SubtractMean = subtractsMean, Ridge = ridge, Horizon = horizon, MostGrowth = mostGrowth };
            RidgeSsaMap? map = constants.Length > 0 ? new RidgeSsaMap(window, regression, constants) : null;
            return new SsaModel(decomposition, specification, continuation, spectralRadius, largestModulus, tailSums, knownPart, coordinates, map);
        }
        catch (EndOfStreamException exception)
        {
            throw new InvalidDataException("The SSA model ends early. Save it again from a fitted model.", exception);
        }
    }

    private static void Write(BinaryWriter writer, ReadOnlySpan<double> values)
    {
        writer.Write(values.Length);
        if (BitConverter.IsLittleEndian)
        {
            writer.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        foreach (double value in values)
        {
            writer.Write(value);
        }
    }

    private static double[] ReadArray(BinaryReader reader)
    {
        int count = reader.ReadInt32();
        if (count < 0)
        {
            throw new InvalidDataException("The SSA model is damaged: an array has a negative length. Save it again from a fitted model.");
        }

        // Grown as the stream delivers, so that a damaged length cannot claim memory that the stream does not hold.
        List<double> values = new(Math.Min(count, 1 << 16));
        for (int i = 0; i < count; i++)
        {
            values.Add(reader.ReadDouble());
        }

        return [.. values];
    }
}
