using System.IO.Compression;
using System.Text.Json;
using Makalu.Capacity.Peaks;

namespace Makalu.Capacity.Monitoring;

/// <summary>
/// Keeps what a forecast said in a file, JSON of schema 1, to be scored when the future has come. A name that ends in <c>.gz</c> is
/// compressed.
/// </summary>
public static class ForecastRecordFile
{
    /// <summary>The version of the schema: fields are added within it, never changed or removed.</summary>
    public const int Schema = 1;

    /// <summary>Writes a record to a file, whole or not at all; a file of that name is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="record">The record.</param>
    public static void Write(string path, ForecastRecord record)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (Stream file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                using Stream content = IsCompressed(path) ? new GZipStream(file, CompressionLevel.Optimal) : file;
                Write(content, record);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Writes a record.</summary>
    /// <param name="stream">Where to write it, as UTF-8; left open.</param>
    /// <param name="record">The record.</param>
    public static void Write(Stream stream, ForecastRecord record)
    {
        JsonSerializer.Serialize(stream, Document(record), ForecastRecordJson.Default.ForecastRecordDocument);
        stream.Write("\n"u8);
    }

    /// <summary>Reads what <see cref="Write(string, ForecastRecord)"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is no forecast record, or of a later schema; the message says which field is wrong.</exception>
    public static ForecastRecord Read(string path)
    {
        using Stream file = File.OpenRead(path);
        using Stream content = IsCompressed(path) ? new GZipStream(file, CompressionMode.Decompress) : file;
        return Read(content, path);
    }

    /// <summary>Reads what <see cref="Write(Stream, ForecastRecord)"/> wrote.</summary>
    /// <param name="stream">Where to read it from.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="InvalidDataException">It is no forecast record, or of a later schema; the message says which field is wrong.</exception>
    public static ForecastRecord Read(Stream stream, string name = "forecast record")
    {
        ForecastRecordDocument document;
        try
        {
            document = JsonSerializer.Deserialize(stream, ForecastRecordJson.Default.ForecastRecordDocument) ?? throw new JsonException("the content is null");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{name}: is no forecast record: {exception.Message} Pass a file that was written with ForecastRecordFile.Write.", exception);
        }

        if (Mistake(document) is { } mistake)
        {
            throw new InvalidDataException($"{name}: {mistake}");
        }

        return new ForecastRecord(
            document.Origin.ToUniversalTime(),
            document.Step,
            document.Model,
            document.Series,
            document.Quantiles,
            document.Steps,
            document.ExpectedPinballLoss,
            [.. document.Peaks.Select(p => new PeakRecord(new PeakWindow { Name = p.Window, Kind = p.Kind, StartsAt = p.StartsAt, EndsAt = p.EndsAt }, p.RequestsPerSecond))]);
    }

    private static string? Mistake(ForecastRecordDocument document)
    {
        if (document.Schema != Schema)
        {
            return FormattableString.Invariant($"schema {document.Schema} is not known; this version reads {Schema}. Update, or store the forecast again.");
        }

        double[] quantiles = document.Quantiles;
        if (document.Step <= TimeSpan.Zero)
        {
            return FormattableString.Invariant($"step {document.Step:c} must be longer than zero.");
        }

        if (!quantiles.Contains(0.5) || quantiles.Any(q => !(q > 0 && q < 1)) || !quantiles.SequenceEqual(quantiles.Distinct().Order()))
        {
            return "quantiles must be rising fractions above 0 and below 1, with 0.5 among them.";
        }

        int horizon = document.ExpectedPinballLoss.Length;
        if (horizon == 0 || document.Steps.Length != quantiles.Length || document.Steps.Any(s => s.Length != horizon))
        {
            return FormattableString.Invariant($"steps must hold a list of {horizon} values, as many as expectedPinballLoss has, for each of the {quantiles.Length} quantiles.");
        }

        return document.Peaks.Any(p => p.RequestsPerSecond.Length != quantiles.Length)
            ? FormattableString.Invariant($"each of peaks must hold {quantiles.Length} values of requestsPerSecond, one for each quantile.")
            : null;
    }

    private static ForecastRecordDocument Document(ForecastRecord record) => new()
    {
        Schema = Schema,
        Series = record.Series,
        Model = record.Model,
        Origin = record.Origin.UtcDateTime,
        Step = record.Step,
        Quantiles = record.Quantiles.ToArray(),
        Steps = [.. Enumerable.Range(0, record.Quantiles.Length).Select(i => record.Steps(i).ToArray())],
        ExpectedPinballLoss = record.ExpectedPinballLoss.ToArray(),
        Peaks = [.. record.Peaks.Select(p => new ForecastRecordDocument.Peak(p.Window.Name, p.Window.Kind, p.Window.StartsAt.UtcDateTime, p.Window.EndsAt.UtcDateTime, p.RequestsPerSecond.ToArray()))],
    };

    private static bool IsCompressed(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
}
