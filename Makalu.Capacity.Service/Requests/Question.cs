using System.Text.Json;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;
using Makalu.Capacity.Service.Hosting;
using Makalu.Capacity.Service.Security;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Service.Requests;

/// <summary>A question about a registered service (<see cref="Service"/>), or one that brings its history (<see cref="Inline"/>).</summary>
/// <param name="Service">The name of a registered service; null for a question that brings its history.</param>
/// <param name="Inline">What the question brings; null for a question about a registered service.</param>
/// <param name="Horizon">The horizon asked for in place of the registered one; null for that.</param>
/// <param name="System">The system asked for in place of the registered one; null for that.</param>
/// <param name="Levels">The quantiles of a forecast; null for the usual ones.</param>
/// <param name="Supposition">What is supposed; null but for a what-if question.</param>
/// <param name="WithOutlook">Whether a plan is to tell how far it reaches.</param>
internal sealed record Question(string? Service, InlineQuestion? Inline, TimeSpan? Horizon, SystemDescription? System, IReadOnlyList<double>? Levels, Supposition? Supposition, bool WithOutlook)
{
    private const int MostLevels = 20;

    private static readonly JsonValue<bool> Boolean = new(TryBoolean, "It must be true or false.", "Write it without quotes.");

    public static Question Read(JsonElement root, QuestionKind kind, ServiceLimits limits)
    {
        var reader = new RequestReader(limits);
        JsonFields fields = reader.Object(root, "$");
        JsonElement? service = fields.Element("service");
        JsonElement? history = fields.Element("history");
        if (root.ValueKind == JsonValueKind.Object && (service is null) == (history is null))
            reader.Add("$.service", service is null ? "absent" : "given beside history", "Name a registered service, or send a history: one of the two.", "Write \"service\": \"shop\".");

        string? name = service is null ? null : fields.Required("service", JsonValues.Text, "", "");
        if (name is { Length: > 0 } && !ServiceName.IsValid(name))
            reader.Add("$.service", RequestReader.Shorten(name), ServiceName.Rule, "Write the name that it was registered by.");

        SystemDescription? system = kind == QuestionKind.Forecast ? null : SystemReader.Read(fields.Element("system"), "$.system", reader);
        IReadOnlyList<double>? levels = kind == QuestionKind.Forecast && fields.Element("quantiles") is { } asked ? ReadLevels(asked, reader) : null;
        Supposition? supposition = kind == QuestionKind.WhatIf && fields.RequiredElement("suppose", "Write what to suppose, for example { \"trafficScale\": 2 }.") is { } suppose ? Supposition.Read(suppose, fields.Optional("includePlan", Boolean, false, null), reader) : null;
        bool withOutlook = kind == QuestionKind.Recommendation && fields.Optional("outlook", Boolean, false, null);
        TimeSpan? horizon = null;
        InlineQuestion? inline = null;
        if (history is { } given)
        {
            RequestHistory? read = HistoryReader.Read(given, reader, out TimeSpan step);
            CampaignCalendar calendar = CalendarReader.Read(fields.Element("calendar"), "$.calendar", reader);
            PlanSettings settings = PlanSettings.Read(fields, step, reader);
            if (kind != QuestionKind.Forecast && !fields.Has("system"))
                reader.Add("$.system", "absent", "The field is required beside a history.", "Describe the database and the services that connect.");
            inline = read is null ? null : new InlineQuestion(read, calendar, system, settings);
        }
        else if (fields.Element("horizon") is not null)
        {
            horizon = PlanSettings.ReadHorizon(fields, TimeSpan.FromDays(1), TimeSpan.FromSeconds(1), reader);
        }

        fields.RejectUnknown();
        reader.ThrowIfWrong();
        return new Question(name, inline, horizon, system, levels, supposition, withOutlook);
    }

    private static bool TryBoolean(JsonElement element, out bool value)
    {
        value = element.ValueKind == JsonValueKind.True;
        return element.ValueKind is JsonValueKind.True or JsonValueKind.False;
    }

    private static List<double> ReadLevels(JsonElement element, RequestReader reader)
    {
        var levels = new List<double>();
        foreach (JsonElement level in reader.Array(element, "$.quantiles", MostLevels))
        {
            if (level.ValueKind == JsonValueKind.Number && level.TryGetDouble(out double value) && value is >= 1e-6 and <= 1 - 1e-6 && !levels.Contains(value))
                levels.Add(value);
            else
                reader.Add("$.quantiles", RequestReader.Shorten(level.GetRawText()), "Each must be a different number between 0 and 1.", "Write for example [0.5, 0.95, 0.99].");
        }

        if (levels.Count == 0)
            reader.Add("$.quantiles", "no quantile", "At least one is needed.", "Leave it out for 0.5, 0.9, 0.95 and 0.99.");
        return levels;
    }
}
