using System.Text.Json;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Service.Hosting;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Service.Requests;

/// <summary>What is registered of a service: its system, its calendar, the step of its observations, and how to plan for it.</summary>
internal sealed record ServiceDefinition(SystemDescription System, CampaignCalendar Calendar, TimeSpan Step, PlanSettings Settings, PullSource? Pull)
{
    /// <summary>Reads a definition; without the servers it is taken as one that was stored.</summary>
    public static ServiceDefinition Read(JsonElement root, ServiceLimits limits, IReadOnlyDictionary<string, PrometheusServer>? servers)
    {
        var reader = new RequestReader(limits);
        JsonFields fields = reader.Object(root, "$");
        TimeSpan step = ReadStep(fields, "$", reader);
        SystemDescription? system = SystemReader.Read(fields.RequiredElement("system", "Describe the database and the services that connect."), "$.system", reader);
        CampaignCalendar calendar = CalendarReader.Read(fields.Element("calendar"), "$.calendar", reader);
        PlanSettings settings = PlanSettings.Read(fields, step, reader);
        PullSource? pull = fields.Element("prometheus") is { } source ? PullSource.Read(source, servers, reader) : null;
        fields.RejectUnknown();
        reader.ThrowIfWrong();
        return new ServiceDefinition(system!, calendar, step, settings, pull);
    }

    public static ServiceDefinition Parse(string stored, ServiceLimits limits)
    {
        using JsonDocument document = JsonDocument.Parse(stored);
        return Read(document.RootElement, limits, servers: null);
    }

    /// <summary>Steps that divide a day, so that they begin at its midnight.</summary>
    public static TimeSpan ReadStep(JsonFields fields, string path, RequestReader reader)
    {
        TimeSpan step = fields.Optional("step", JsonValues.Duration, TimeSpan.FromMinutes(1), null);
        if (step >= TimeSpan.FromSeconds(1) && step.Ticks % TimeSpan.TicksPerSecond == 0 && TimeSpan.TicksPerDay % step.Ticks == 0)
            return step;

        reader.Add(path + ".step", step.ToString("c"), "It must be whole seconds that divide a day.", "Write for example \"00:01:00\" for a minute.");
        return TimeSpan.FromMinutes(1);
    }
}
