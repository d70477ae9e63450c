using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Hosting;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Service.Requests;

/// <summary>How to plan: the part of <see cref="CapacityPlannerOptions"/> that callers choose.</summary>
internal sealed record PlanSettings(TimeSpan Horizon, string Model, int Seed, int Paths, TimeZoneInfo? TimeZone)
{
    public const int DefaultPaths = 1000;
    private static readonly TimeSpan DefaultHorizon = TimeSpan.FromDays(7);

    /// <summary>A planner with these settings and the host's others.</summary>
    public CapacityPlanner Planner(CapacityPlannerFactory planners) => planners.Create(host => host with { Horizon = Horizon, Model = Model, Seed = Seed, Paths = Paths, TimeZone = TimeZone });

    public static PlanSettings Read(JsonFields fields, TimeSpan step, RequestReader reader)
    {
        var settings = new PlanSettings(
            ReadHorizon(fields, DefaultHorizon, step, reader),
            fields.Optional("model", JsonValues.Text, ForecasterCatalog.Auto, null),
            fields.Optional("seed", JsonValues.Integer, 1, null),
            fields.Optional("paths", JsonValues.Integer, DefaultPaths, null),
            ReadTimeZone(fields, reader));
        if (!ForecasterCatalog.Names.Contains(settings.Model, StringComparer.Ordinal))
            reader.Add("$.model", RequestReader.Shorten(settings.Model), "The model is not known.", $"Use one of: {string.Join(", ", ForecasterCatalog.Names)}.");
        if (settings.Paths is < 100 or > 10_000)
            reader.Add("$.paths", FormattableString.Invariant($"{settings.Paths}"), "It must be 100 to 10000.", "Leave it out for 1000.");
        else
            settings.CheckSize(step, reader);
        return settings;
    }

    public static TimeSpan ReadHorizon(JsonFields fields, TimeSpan whenAbsent, TimeSpan step, RequestReader reader)
    {
        TimeSpan horizon = fields.Optional("horizon", JsonValues.Duration, whenAbsent, null);
        if (horizon >= step && horizon <= TimeSpan.FromDays(400))
            return horizon;

        reader.Add("$.horizon", horizon.ToString("c"), "It must be one step to 400 days.", "Write for example \"7.00:00:00\" for 7 days.");
        return whenAbsent;
    }

    private static TimeZoneInfo? ReadTimeZone(JsonFields fields, RequestReader reader)
    {
        string name = fields.Optional("timeZone", JsonValues.Text, "", null);
        if (name.Length == 0)
            return null;

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone))
            reader.Add("$.timeZone", RequestReader.Shorten(name), "There is no such zone.", "Write its name as in \"America/Santiago\", or leave it out for UTC.");
        return zone;
    }

    public void CheckSize(TimeSpan step, RequestReader reader)
    {
        double values = Math.Ceiling(Horizon / step) * Paths;
        if (values > reader.Limits.ForecastValues)
            reader.Add("$.horizon", FormattableString.Invariant($"{Horizon:c} in steps of {step:c} with {Paths} paths: {values:0} values"), FormattableString.Invariant($"At most {reader.Limits.ForecastValues} values are computed at once."), "Shorten the horizon, lengthen the step, or ask for fewer paths.");
    }
}
