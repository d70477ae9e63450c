using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>A model that was fitted by the local clock; its forecasts are put back into UTC.</summary>
internal class LocalClockModel(IForecastModel model, ClockShifts clock, LocalCalendar calendar, TimeSeries series) : IForecastModel
{
    public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
        => Predict(options, local => model.Predict(local, cancellationToken));

    protected Forecast Predict(PredictionOptions options, Func<PredictionOptions, Forecast> predict)
    {
        options.Validate();
        int[] places = clock.Ahead(options.Horizon);
        return ToUtc(predict(options with { Horizon = places.Max() + 1 }), places);
    }

    /// <summary>A forecast by the local clock, put back into UTC.</summary>
    /// <param name="local">The forecast.</param>
    /// <param name="places">For each step of the horizon its place in that forecast.</param>
    protected Forecast ToUtc(Forecast local, int[] places)
    {
        CampaignEffect[] effects = [.. local.CampaignEffects.Select(e => ToUtc(e, places))];
        ForecastReport? report = local.Report is { } told ? ToUtc(told) : null;
        if (places.Length == local.Horizon && places.Index().All(p => p.Item == p.Index))
            return Forecast.FromShared(series.End, series.Step, local.Paths, effects, local.Model, report);

        var paths = new double[checked(places.Length * local.PathCount)];
        for (int p = 0; p < local.PathCount; p++)
        {
            ReadOnlySpan<double> from = local.Path(p);
            Span<double> to = paths.AsSpan(p * places.Length, places.Length);
            for (int h = 0; h < to.Length; h++)
            {
                to[h] = from[places[h]];
            }
        }

        return Forecast.FromOwned(series.End, series.Step, places.Length, paths, effects, local.Model, report);
    }

    protected CampaignUplift ToUtc(CampaignUplift uplift)
        => uplift with { Campaigns = [.. uplift.Campaigns.Select(calendar.Original)], PeakAt = clock.ToUtc(uplift.PeakAt) };

    private ForecastReport ToUtc(ForecastReport report) => report with
    {
        LevelShiftAt = report.LevelShiftAt is { } at ? clock.ToUtc(at) : null,
        Outliers = [.. report.Outliers.Select(e => e with { StartsAt = clock.ToUtc(e.StartsAt), EndsAt = clock.ToUtc(e.EndsAt) })],
        Campaigns = report.Campaigns is { } campaigns
            ? campaigns with
            {
                Uplifts = [.. campaigns.Uplifts.Select(ToUtc)],
                Unannounced = [.. campaigns.Unannounced.Select(e => e with { StartsAt = clock.ToUtc(e.StartsAt), EndsAt = clock.ToUtc(e.EndsAt) })],
            }
            : null,
    };

    private CampaignEffect ToUtc(CampaignEffect effect, int[] places)
    {
        int first = Array.FindIndex(places, place => place >= effect.FirstStep && place < effect.FirstStep + effect.Factors.Length);
        int last = Array.FindLastIndex(places, place => place >= effect.FirstStep && place < effect.FirstStep + effect.Factors.Length);
        double[] factors = first < 0 ? [] : [.. places[first..(last + 1)].Select(effect.FactorAt)];
        return new CampaignEffect(calendar.Original(effect.Campaign), Math.Max(first, 0), factors)
        {
            PastCampaignsOfKind = effect.PastCampaignsOfKind,
            PastCampaigns = effect.PastCampaigns,
            PeakFactorMedian = effect.PeakFactorMedian,
            PeakFactorLow = effect.PeakFactorLow,
            PeakFactorHigh = effect.PeakFactorHigh,
        };
    }
}
