using System.IO.Compression;
using System.Text.Json;
using Makalu.Capacity.Forecasting;

namespace Makalu.Capacity;

/// <summary>
/// What one night's model leaves to the next: which forecaster was chosen and how the candidates did, and what a forecaster found that
/// is long to search for (of <c>ssa</c> window, rank, method and components). <see cref="CapacityPlanner.Refit"/> starts from it.
/// </summary>
/// <remarks>
/// The coefficients of the other forecasters are not kept: they are learned again from the whole history, which takes hundredths of a
/// second, so that a plan follows from its history alone. Immutable; safe to share between threads.
/// </remarks>
public sealed class CapacityModelState
{
    /// <summary>The version of the schema that is written and read.</summary>
    public const int Schema = 1;

    private static readonly Guid ThisBuild = typeof(CapacityModelState).Assembly.ManifestModule.ModuleVersionId;

    private readonly CapacityModelStateDocument _document;

    private CapacityModelState(CapacityModelStateDocument document) => _document = document;

    /// <summary>The name of the forecaster that was chosen.</summary>
    public string Forecaster => _document.Forecaster;

    /// <summary>The origin at which the forecaster was chosen, UTC: the choice is as old as that.</summary>
    public DateTimeOffset JudgedAt => new(_document.JudgedAt.ToUniversalTime(), TimeSpan.Zero);

    /// <summary>The origin of the model, UTC.</summary>
    public DateTimeOffset Origin => new(_document.Origin.ToUniversalTime(), TimeSpan.Zero);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="stream">A readable stream; left open.</param>
    /// <exception cref="InvalidDataException">The stream holds no state of a model, or one of another schema; the message says which.</exception>
    public static CapacityModelState Load(Stream stream)
    {
        try
        {
            using var content = new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
            CapacityModelStateDocument document = JsonSerializer.Deserialize(content, CapacityModelStateJson.Default.CapacityModelStateDocument) ?? throw new JsonException("The content is null.");
            return document.Schema == Schema
                ? new CapacityModelState(document)
                : throw new InvalidDataException(FormattableString.Invariant($"The state of the model has schema {document.Schema}; this version reads {Schema}. Fit the model anew."));
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The stream holds no state of a model: {exception.Message} Pass what CapacityModelState.Save wrote, or fit the model anew.", exception);
        }
    }

    /// <summary>Writes the state, versioned and compressed.</summary>
    /// <param name="stream">A writable stream; left open.</param>
    public void Save(Stream stream)
    {
        using var content = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true);
        JsonSerializer.Serialize(content, _document, CapacityModelStateJson.Default.CapacityModelStateDocument);
    }

    internal static CapacityModelState Of(CapacityModel model, IForecastModel fitted, CapacityPlannerOptions options, BacktestReport? judgement)
    {
        using var found = new MemoryStream();
        (model.Forecaster as IContinuingForecaster)?.Save(fitted, found);
        return new CapacityModelState(new CapacityModelStateDocument
        {
            Schema = Schema,
            Build = ThisBuild,
            Forecaster = model.Forecaster.Name,
            Asked = Asked(options),
            HasCampaigns = model.Calendar.Campaigns.Count > 0,
            Horizon = options.Horizon,
            Step = model.History.Requests.Step,
            Seed = options.Seed,
            TimeZone = options.TimeZone?.Id,
            JudgedAt = model.JudgedAt.UtcDateTime,
            Origin = model.History.Requests.End.UtcDateTime,
            Backtest = judgement is null ? null : new CapacityModelStateDocument.Judgement(judgement.Chosen, judgement.Reason, judgement.Candidates),
            Found = found.ToArray(),
        });
    }

    /// <summary>How the candidates did when the forecaster was chosen; null where the history was too short to tell.</summary>
    internal BacktestReport? Backtest => _document.Backtest is { } judgement
        ? new BacktestReport { Chosen = judgement.Chosen, Reason = judgement.Reason, Candidates = judgement.Candidates }
        : null;

    internal Stream? Found => _document.Found.Length > 0 ? new MemoryStream(_document.Found, writable: false) : null;

    /// <summary>Why the choice cannot be kept for a fit, in words; null where it can.</summary>
    internal string? Misfit(CapacityPlannerOptions options, bool hasCampaigns, TimeSpan step, DateTimeOffset origin)
    {
        if (_document.Build != ThisBuild)
            return "another build of the library chose";
        if (_document.Asked != Asked(options))
            return $"{_document.Asked} was asked for, and now {Asked(options)} is";
        if (options.Forecaster is { } own && own.Name != Forecaster)
            return $"{own.Name} chooses by itself";
        if (_document.HasCampaigns != hasCampaigns)
            return hasCampaigns ? "there were no campaigns in the calendar" : "there were campaigns in the calendar";
        if (_document.Horizon != options.Horizon || _document.Step != step || _document.Seed != options.Seed || _document.TimeZone != options.TimeZone?.Id)
            return "horizon, step, seed or time zone were others";
        return Origin > origin || JudgedAt > origin ? "it was fitted to a later origin" : null;
    }

    private static string Asked(CapacityPlannerOptions options) => options.Forecaster?.Name ?? options.Model;
}
