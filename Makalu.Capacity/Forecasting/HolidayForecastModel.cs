using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// A model that was fitted without the days of holidays; its forecasts are multiplied by what holidays do, up or down, on the dates
/// that the calendar gives them.
/// </summary>
internal sealed class HolidayForecastModel : IPlanningModel
{
    private readonly ICampaignForecastModel _model;
    private readonly IOrdinaryDay _ordinary;
    private readonly TimeSeries _series;
    private readonly CampaignCalendar _calendar;
    private readonly HolidayResponse _response;
    private readonly Campaign[] _past;

    private HolidayForecastModel(ICampaignForecastModel model, IOrdinaryDay ordinary, TimeSeries series, CampaignCalendar calendar, HolidayResponse response, CampaignUplift[] uplifts)
    {
        _model = model;
        _ordinary = ordinary;
        _series = series;
        _calendar = calendar;
        _response = response;
        _past = [.. uplifts.Select(u => u.Campaigns[0])];
        Uplifts = Array.AsReadOnly<CampaignUplift>([.. model.Uplifts.Concat(uplifts).OrderBy(u => u.Campaigns[0].StartsAt)]);
    }

    /// <summary>What each past campaign and holiday did, by start.</summary>
    public IReadOnlyList<CampaignUplift> Uplifts { get; }

    /// <summary>Learns the holidays of a history.</summary>
    /// <param name="model">The model of everything else.</param>
    /// <param name="ordinary">The same model's ordinary day.</param>
    /// <param name="series">The history with its holidays and without its incidents.</param>
    /// <param name="calendar">The calendar with its holidays.</param>
    public static HolidayForecastModel Of(ICampaignForecastModel model, IOrdinaryDay ordinary, TimeSeries series, CampaignCalendar calendar)
    {
        (IReadOnlyList<Campaign> holidays, CampaignCalendar campaigns) = Holidays.Split(calendar);
        bool[] reached = HolidayCampaigns.Reached(series, campaigns);
        var uplifts = new List<CampaignUplift>();
        foreach (HolidaySteps holiday in HolidaySteps.Of(holidays, series.Start, series.Step, 0, series.Count, ordinary))
        {
            double[] deviations = DeviationsOf(holiday, series, reached, ordinary);
            if (!Array.TrueForAll(deviations, double.IsNaN))
                uplifts.Add(HolidayUplift.Of(holiday, deviations, series, ordinary));
        }

        return new HolidayForecastModel(model, ordinary, series, calendar, Learn(series, holidays, reached, ordinary), [.. uplifts]);
    }

    /// <summary>
    /// The history for a second fit of its campaigns where some run on holidays: what is expected of the holiday, from its steps without campaigns and from other holidays,
    /// is taken off those that a campaign reaches, which else would tell of neither; and for each step the standard deviation of what was taken off. Null where no campaign does.
    /// </summary>
    /// <param name="ordinary">The ordinary day of a first fit without holidays.</param>
    /// <param name="series">The history with its holidays.</param>
    /// <param name="calendar">The calendar with its holidays.</param>
    public static (TimeSeries History, double[] Deviations)? WithCampaignsOnHolidays(IOrdinaryDay ordinary, TimeSeries series, CampaignCalendar calendar)
    {
        (IReadOnlyList<Campaign> holidays, CampaignCalendar campaigns) = Holidays.Split(calendar);
        bool[] reached = HolidayCampaigns.Reached(series, campaigns);
        HolidaySteps[] past = HolidaySteps.Of(holidays, series.Start, series.Step, 0, series.Count, ordinary);
        return HolidayCampaigns.Uncover(series, reached, past, Learn(series, holidays, reached, ordinary), WithoutHolidays(series, holidays), ordinary.Offset);
    }

    private static HolidayResponse Learn(TimeSeries series, IReadOnlyList<Campaign> holidays, bool[] reached, IOrdinaryDay ordinary)
    {
        var past = new List<(HolidayHour Hour, double Deviation)>();
        foreach (HolidaySteps holiday in HolidaySteps.Of(holidays, series.Start, series.Step, 0, series.Count, ordinary))
            past.AddRange(holiday.Hours.Zip(DeviationsOf(holiday, series, reached, ordinary)).Where(h => !double.IsNaN(h.Second)));
        return HolidayResponse.Fit(past, ordinary.NoiseDeviation);
    }

    /// <summary>How far each hour lies from an ordinary one, NaN where unknown or reached by a campaign.</summary>
    private static double[] DeviationsOf(HolidaySteps holiday, TimeSeries series, bool[] reached, IOrdinaryDay ordinary)
        => [.. Enumerable.Range(0, holiday.Hours.Length).Select(k => DeviationOf(holiday, k, series, reached, ordinary))];

    private static double DeviationOf(HolidaySteps holiday, int hour, TimeSeries series, bool[] reached, IOrdinaryDay ordinary)
    {
        double sum = 0;
        int known = 0;
        for (int i = 0; i < holiday.HourOf.Length; i++)
        {
            int step = holiday.First + i;
            if (holiday.HourOf[i] != hour || reached[step] || double.IsNaN(series[step]))
                continue;
            sum += Math.Log(series[step] + ordinary.Offset) - ordinary.InSample(step);
            known++;
        }

        return known == 0 ? double.NaN : sum / known;
    }

    /// <summary>The history as if its holidays were unknown.</summary>
    public static TimeSeries WithoutHolidays(TimeSeries series, IEnumerable<Campaign> holidays)
        => IncidentMask.Apply(series, new CampaignCalendar(holidays.Select(h => new Campaign(h.Name, Campaign.IncidentKind, h.StartsAt, h.EndsAt))));

    public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
        => Prepare(options, spanValues: 0).Predict(planned: null, cancellationToken);

    public Forecast Predict(PredictionOptions options, CampaignCalendar planned, CancellationToken cancellationToken = default)
        => Prepare(options, spanValues: 0).Predict(planned, cancellationToken);

    public IPlannedForecasts Prepare(PredictionOptions options, long spanValues) => new WithHolidays(this, PlannedForecasts.Of(_model, options, spanValues), options.Seed);

    private Forecast WithHolidaysOf(CampaignCalendar? planned, IPlannedForecasts others, int seed, CancellationToken cancellationToken)
    {
        (IReadOnlyList<Campaign> holidays, CampaignCalendar campaigns) = Holidays.Split(planned ?? _calendar);
        Forecast forecast = others.Predict(campaigns, cancellationToken);
        IEnumerable<Campaign> running = Holidays.Split(_calendar).Holidays.Where(h => h.StartsAt < _series.End);
        HolidaySteps[] ahead = HolidaySteps.Of([.. running, .. holidays.Where(h => h.StartsAt >= _series.End)], _series.Start, _series.Step, _series.Count, forecast.Horizon, _ordinary);
        if (forecast.Report is { Campaigns: { } learned } report)
            forecast = forecast.With(report with { Campaigns = learned with { Uplifts = Uplifts } });
        if (ahead.Length == 0)
            return forecast;
        HolidayEffect[] effects = Array.ConvertAll(ahead, h => _response.Predict(h.Hours));
        int[] firsts = Array.ConvertAll(ahead, h => h.First - _series.Count);
        SamplePaths paths = forecast.Paths.With(
            ahead.Select((h, e) => (firsts[e], firsts[e] + h.HourOf.Length)),
            (p, first, steps) =>
            {
                for (int e = 0; e < ahead.Length; e++)
                {
                    if (firsts[e] < first || firsts[e] >= first + steps.Length)
                        continue;
                    double[] hours = effects[e].Draw(new RandomStream(seed ^ ahead[e].StreamKey, p));
                    for (int i = 0; i < ahead[e].HourOf.Length; i++)
                    {
                        ref double rate = ref steps[firsts[e] - first + i];
                        if (ahead[e].HourOf[i] >= 0)
                            rate = Math.Max(((rate + _ordinary.Offset) * Math.Exp(hours[ahead[e].HourOf[i]])) - _ordinary.Offset, 0);
                    }
                }
            },
            cancellationToken);
        CampaignEffect[] told = [.. forecast.CampaignEffects, .. ahead.Select((h, e) => Told(h, effects[e]))];
        return Forecast.FromShared(forecast.Start, forecast.Step, paths, told, forecast.Model, forecast.Report);
    }

    private CampaignEffect Told(HolidaySteps holiday, HolidayEffect effect)
    {
        int strongest = Enumerable.Range(0, effect.Count).MaxBy(k => Math.Abs(effect.Mean(k)));
        double mean = effect.Mean(strongest), spread = 1.645 * effect.Deviation(strongest);
        return new CampaignEffect(holiday.Holiday, holiday.First - _series.Count, Array.ConvertAll(holiday.HourOf, k => k < 0 ? 1 : Math.Exp(effect.Mean(k))))
        {
            PastCampaignsOfKind = _past.Count(h => Holidays.FeastOf(h) == Holidays.FeastOf(holiday.Holiday)),
            PastCampaigns = _past.Length,
            PeakFactorMedian = Math.Exp(mean),
            PeakFactorLow = Math.Exp(mean - spread),
            PeakFactorHigh = Math.Exp(mean + spread),
        };
    }

    private sealed class WithHolidays(HolidayForecastModel model, IPlannedForecasts others, int seed) : IPlannedForecasts
    {
        public Forecast Predict(CampaignCalendar? planned, CancellationToken cancellationToken) => model.WithHolidaysOf(planned, others, seed, cancellationToken);
    }
}
