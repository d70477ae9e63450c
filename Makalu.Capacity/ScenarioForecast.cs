using System.Numerics.Tensors;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;

namespace Makalu.Capacity;

/// <summary>
/// Forecasts under a scenario by common random numbers: the seed draws the same traffic with and without a campaign, so that the
/// difference of two paths is what the campaign adds, which can be multiplied.
/// </summary>
internal sealed class ScenarioForecast(IForecastModel model, CampaignCalendar calendar, DateTimeOffset origin, PredictionOptions prediction)
{
    private const double LargestScale = 100;

    public Forecast Predict(CapacityScenario scenario, CancellationToken cancellationToken)
    {
        CampaignCalendar planned = scenario.Planned ?? calendar;
        KeyValuePair<string, double>[] scales = [.. scenario.CampaignScales.Where(s => s.Value != 1).OrderBy(s => s.Key, StringComparer.Ordinal)];
        ThrowIfInvalid(scenario, planned);
        if (model is not ICampaignForecastModel campaigns)
        {
            return scenario.Planned is null && scales.Length == 0
                ? Scale(model.Predict(prediction, cancellationToken), scenario.TrafficScale)
                : throw new ArgumentException("The model that fits this history best knows no campaigns, so that none can be changed. Put past campaigns on the calendar, or choose a model whose name starts with 'campaigns'.", nameof(scenario));
        }

        Forecast with = campaigns.Predict(prediction, planned, cancellationToken);
        if (scales.Length == 0)
            return Scale(with, scenario.TrafficScale);

        double[] paths = Values(with);
        foreach ((string name, double scale) in scales)
        {
            Forecast without = campaigns.Predict(prediction, new CampaignCalendar(planned.Campaigns.Where(c => c.Name != name)), cancellationToken);
            for (int p = 0; p < with.PathCount; p++)
            {
                ReadOnlySpan<double> full = with.Path(p);
                ReadOnlySpan<double> none = without.Path(p);
                Span<double> path = paths.AsSpan(p * with.Horizon, with.Horizon);
                for (int i = 0; i < path.Length; i++)
                    path[i] = Math.Max(path[i] + ((scale - 1) * (full[i] - none[i])), 0);
            }
        }

        TensorPrimitives.Multiply(paths, scenario.TrafficScale, paths);
        return Forecast.FromOwned(with.Start, with.Step, with.Horizon, paths, [.. with.CampaignEffects.Select(e => scenario.CampaignScales.TryGetValue(e.Campaign.Name, out double s) ? Scale(e, s) : e)], with.Model, with.Report);
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

    private static Forecast Scale(Forecast forecast, double scale)
    {
        if (scale == 1)
            return forecast;

        double[] paths = Values(forecast);
        TensorPrimitives.Multiply(paths, scale, paths);
        return Forecast.FromOwned(forecast.Start, forecast.Step, forecast.Horizon, paths, forecast.CampaignEffects, forecast.Model, forecast.Report);
    }

    private static double[] Values(Forecast forecast)
    {
        var values = new double[forecast.PathCount * forecast.Horizon];
        for (int p = 0; p < forecast.PathCount; p++)
            forecast.Path(p).CopyTo(values.AsSpan(p * forecast.Horizon));
        return values;
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

            if (!planned.Campaigns.Any(c => c.Name == name && c.StartsAt >= origin))
            {
                errors.Add(planned.Campaigns.Any(c => c.Name == name)
                    ? FormattableString.Invariant($"Campaign '{name}' started before the origin {origin.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}: what it does is part of what was learned, and cannot be scaled. Scale one that is still to come.")
                    : $"Campaign '{name}' is not planned. The planned ones are: {string.Join(", ", planned.Campaigns.Where(c => c.StartsAt >= origin).Select(c => c.Name).DefaultIfEmpty("none"))}.");
            }
        }

        if (errors.Count > 0)
            throw new ArgumentException(string.Join(" ", errors), nameof(scenario));
    }
}
