using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;

namespace Makalu.Capacity;

/// <summary>
/// Forecasts of a model under scenarios by common random numbers: the seed draws the same traffic with and without a campaign, so that the
/// difference of two paths is what the campaign adds, which can be multiplied. What no scenario changes is simulated once.
/// </summary>
/// <remarks>Safe to share between threads.</remarks>
internal sealed class ScenarioForecasts : IPlannedForecasts
{
    private const double LargestScale = 100;

    private readonly CampaignCalendar _calendar;
    private readonly DateTimeOffset _origin;
    private readonly IPlannedForecasts _forecasts;

    public ScenarioForecasts(IForecastModel model, CampaignCalendar calendar, DateTimeOffset origin, PredictionOptions prediction, long spanValues)
    {
        Model = model;
        _calendar = calendar;
        _origin = origin;
        _forecasts = PlannedForecasts.Of(model, prediction, spanValues);
    }

    /// <summary>The model that is asked.</summary>
    public IForecastModel Model { get; }

    public Forecast Predict(CampaignCalendar? planned, CancellationToken cancellationToken) => _forecasts.Predict(planned, cancellationToken).With(this);

    public Forecast Predict(CapacityScenario? scenario, CancellationToken cancellationToken)
    {
        if (scenario is null)
            return Predict(planned: null, cancellationToken);

        KeyValuePair<string, double>[] scales = [.. scenario.CampaignScales.Where(s => s.Value != 1).OrderBy(s => s.Key, StringComparer.Ordinal)];
        ThrowIfInvalid(scenario, scenario.Planned ?? _calendar);
        if (Model is not ICampaignForecastModel && (scenario.Planned is not null || scales.Length > 0))
            throw new ArgumentException("The model that fits this history best knows no campaigns, so that none can be changed. Put past campaigns on the calendar, or choose a model whose name starts with 'campaigns'.", nameof(scenario));

        Forecast with = _forecasts.Predict(scenario.Planned, cancellationToken);
        SamplePaths paths = Scaled(with.Paths, scenario.Planned ?? _calendar, scales, cancellationToken).Times(scenario.TrafficScale);
        CampaignEffect[] effects = [.. with.CampaignEffects.Select(e => scenario.CampaignScales.TryGetValue(e.Campaign.Name, out double s) && s != 1 ? Scale(e, s) : e)];
        return Forecast.FromShared(with.Start, with.Step, paths, effects, with.Model, with.Report).With(this);
    }

    /// <summary>The paths with what some campaigns add multiplied, on the steps that they reach.</summary>
    private SamplePaths Scaled(SamplePaths with, CampaignCalendar planned, KeyValuePair<string, double>[] scales, CancellationToken cancellationToken)
    {
        if (scales.Length == 0)
            return with;

        SamplePaths[] without = Array.ConvertAll(scales, s => _forecasts.Predict(new CampaignCalendar(planned.Campaigns.Where(c => c.Name != s.Key)), cancellationToken).Paths);
        return with.With(
            without.SelectMany(with.DifferencesFrom),
            (p, first, steps) =>
            {
                var full = new double[steps.Length];
                var none = new double[steps.Length];
                with.CopyTo(p, first, full);
                for (int k = 0; k < scales.Length; k++)
                {
                    without[k].CopyTo(p, first, none);
                    for (int i = 0; i < steps.Length; i++)
                        steps[i] = Math.Max(steps[i] + ((scales[k].Value - 1) * (full[i] - none[i])), 0);
                }
            },
            cancellationToken);
    }

    internal static CampaignEffect Scale(CampaignEffect effect, double scale)
    {
        double Factor(double factor) => 1 + (scale * (factor - 1));
        return new CampaignEffect(effect.Campaign, effect.FirstStep, effect.Factors.ToArray().Select(Factor).ToArray())
        {
            PastCampaigns = effect.PastCampaigns,
            PastCampaignsOfKind = effect.PastCampaignsOfKind,
            PeakFactorLow = Math.Max(Factor(effect.PeakFactorLow), 0),
            PeakFactorMedian = Factor(effect.PeakFactorMedian),
            PeakFactorHigh = Factor(effect.PeakFactorHigh),
        };
    }

    private void ThrowIfInvalid(CapacityScenario scenario, CampaignCalendar planned)
    {
        List<string> errors = [];
        if (!(scenario.TrafficScale is >= 0 and <= LargestScale))
            errors.Add(FormattableString.Invariant($"TrafficScale {scenario.TrafficScale} must be 0 to {LargestScale}. Pass 2 for twice the traffic."));

        foreach ((string name, double scale) in scenario.CampaignScales)
        {
            if (!(scale is >= 0 and <= LargestScale))
                errors.Add(FormattableString.Invariant($"The scale {scale} of campaign '{name}' must be 0 to {LargestScale}. Pass 2 for twice as large."));

            if (!planned.Campaigns.Any(c => c.Name == name && c.StartsAt >= _origin))
            {
                errors.Add(planned.Campaigns.Any(c => c.Name == name)
                    ? FormattableString.Invariant($"Campaign '{name}' started before the origin {_origin.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}: what it does is part of what was learned, and cannot be scaled. Scale one that is still to come.")
                    : $"Campaign '{name}' is not planned. The planned ones are: {string.Join(", ", planned.Campaigns.Where(c => c.StartsAt >= _origin).Select(c => c.Name).DefaultIfEmpty("none"))}.");
            }
        }

        if (errors.Count > 0)
            throw new ArgumentException(string.Join(" ", errors), nameof(scenario));
    }
}
