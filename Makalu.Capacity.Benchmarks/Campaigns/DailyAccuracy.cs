using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks.Campaigns;

/// <summary>What forecasts of days are judged by: the days' medians, the days of campaigns, and the maximum of each forecast's window.</summary>
internal sealed class DailyAccuracy
{
    private readonly List<double> _symmetricErrors = [];
    private readonly List<double> _campaignErrors = [];
    private readonly List<(double Median, double Upper)> _days = [];
    private readonly List<(double Median, double Upper)> _peaks = [];

    public int Origins => _symmetricErrors.Count;

    /// <summary>sMAPE in percent.</summary>
    public double SymmetricError => _symmetricErrors.Average();

    public int CampaignDays => _campaignErrors.Count;

    /// <summary>The campaign days' mean of |ln(median ÷ actual)|; NaN without any.</summary>
    public double CampaignError => _campaignErrors.Count == 0 ? double.NaN : _campaignErrors.Average();

    public double PeakError => _peaks.Average(p => Math.Abs(p.Median));

    public double PeakBias => _peaks.Average(p => p.Median);

    /// <summary>The geometric mean of the peaks' 95 % quantile ÷ actual.</summary>
    public double UpperToActual => Math.Exp(_peaks.Average(p => p.Upper));

    public double DayCoverage(double quantile) => _days.Average(d => (quantile > 0.5 ? d.Upper : d.Median) >= 0 ? 1.0 : 0);

    public double PeakCoverage(double quantile) => _peaks.Average(p => (quantile > 0.5 ? p.Upper : p.Median) >= 0 ? 1.0 : 0);

    public void Add(Forecast forecast, TimeSeries actual, CampaignCalendar calendar)
    {
        double[] median = forecast.Quantile(0.5), upper = forecast.Quantile(0.95);
        int[] known = [.. Enumerable.Range(0, forecast.Horizon).Where(h => !double.IsNaN(actual[h]))];
        _symmetricErrors.Add(200 * known.Average(h => Math.Abs(median[h] - actual[h]) / (median[h] + actual[h])));
        _days.AddRange(known.Select(h => (Math.Log(median[h] / actual[h]), Math.Log(upper[h] / actual[h]))));
        _campaignErrors.AddRange(known.Where(h => calendar.Campaigns.Any(c => c.StartsAt <= actual.TimeAt(h) && c.EndsAt > actual.TimeAt(h))).Select(h => Math.Abs(Math.Log(median[h] / actual[h]))));
        double[] maxima = [.. Enumerable.Range(0, forecast.PathCount).Select(p => known.Max(h => forecast.Path(p)[h])).Order()];
        double peak = known.Max(h => actual[h]);
        _peaks.Add((Math.Log(maxima[maxima.Length / 2] / peak), Math.Log(maxima[(int)(0.95 * maxima.Length)] / peak)));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Origins} origins: sMAPE {SymmetricError:F2}, event days {CampaignError:F3} ({CampaignDays}), window peak {PeakError:F3} (bias {PeakBias:F3}), covered {PeakCoverage(0.95):F3} at {UpperToActual:F2}; days ≤ p50 {DayCoverage(0.5):F3}, ≤ p95 {DayCoverage(0.95):F3}");
}
