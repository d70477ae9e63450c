using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks.Campaigns;

/// <summary>The campaign model by rolling origin over the World Cup's group stage: match windows, their peaks and their paths.</summary>
internal static class WorldCupAccuracy
{
    /// <summary>Each team's first, second and third match as a stage of its own: one that no match before had, as the knock-out rounds are.</summary>
    private static Campaign InRound(Campaign match)
        => new(match.Name, match.Kind, match.StartsAt, match.EndsAt, [KeyValuePair.Create("stage", match.StartsAt.Day <= 15 ? "first" : match.StartsAt.Day <= 22 ? "second" : "third")]);

    /// <summary>How many matches were past, and whether any of them was of the match's stage.</summary>
    private static string Group(CampaignCalendar calendar, Campaign match, DateTimeOffset origin)
    {
        Campaign[] past = [.. calendar.Campaigns.Where(c => c.StartsAt < origin)];
        string number = past.Length < 15 ? "7 to 14" : past.Length < 24 ? "15 to 23" : "24 to 32";
        return FormattableString.Invariant($"{number} | {(past.Any(c => c.Features["stage"] == match.Features["stage"]) ? "seen" : "unseen")}");
    }

    public static void Run(string data, TextWriter output, IForecaster forecaster, int hours, bool each, bool rounds)
    {
        TimeSeries rates = CampaignData.Rates(Path.Combine(data, "worldcup98", "requests-1m.csv.gz"), TimeSpan.FromMinutes(5));
        CampaignCalendar calendar = CampaignData.Calendar(Path.Combine(data, "worldcup98", "calendar.csv"));
        if (rounds)
            calendar = new CampaignCalendar(calendar.Campaigns.Select(InRound));
        var errors = new List<double>();
        var ratios = new List<double>();
        var origins = new List<int>();
        var groups = new List<string>();
        double pathError = 0, pathTotal = 0;
        int covered = 0;
        for (int day = 13; day <= 22; day++)
        {
            var origin = new DateTimeOffset(1998, 6, day, 0, 0, 0, TimeSpan.Zero);
            if (origin >= rates.End)
                break;

            IForecastModel model = forecaster.Fit(rates.Before(origin), calendar);
            Forecast forecast = model.Predict(new PredictionOptions { Horizon = hours * 12, Paths = 2000 });
            double[] median = forecast.Quantile(0.5);
            foreach (Campaign match in calendar.Campaigns)
            {
                DateTimeOffset from = match.StartsAt.AddMinutes(-30), to = match.EndsAt.AddMinutes(90);
                if (from < origin || to > forecast.End || to > rates.End)
                    continue;
                int first = (int)((from - origin) / rates.Step), last = (int)((to - origin) / rates.Step);
                double actual = 0;
                for (int h = first; h < last; h++)
                {
                    double value = rates[rates.IndexOf(forecast.TimeAt(h))];
                    if (double.IsNaN(value))
                        continue;
                    actual = Math.Max(actual, value);
                    pathError += Math.Abs(median[h] - value);
                    pathTotal += value;
                }

                double[] maxima = [.. Enumerable.Range(0, forecast.PathCount).Select(p => System.Numerics.Tensors.TensorPrimitives.Max(forecast.Path(p)[first..last]))];
                Array.Sort(maxima);
                double p50 = maxima[maxima.Length / 2], p95 = maxima[(int)(0.95 * maxima.Length)];
                origins.Add(day);
                groups.Add(Group(calendar, match, origin));
                errors.Add(Math.Log(p50 / actual));
                ratios.Add(Math.Log(p95 / actual));
                covered += actual <= p95 ? 1 : 0;
                if (each)
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {day} June | {match.Name} | {actual:F0} | {p50:F0} | {p95:F0} | {errors[^1]:F2} |"));
            }
        }

        foreach (var origin in errors.Zip(ratios, (e, r) => (Error: e, Ratio: r)).Zip(origins, (e, o) => (e.Error, e.Ratio, Origin: o)).GroupBy(e => e.Origin).Where(_ => each))
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {origin.Key} June | {origin.Count()} | {origin.Average(o => Math.Abs(o.Error)):F3} | {origin.Average(o => o.Error):F3} | {origin.Count(o => o.Ratio >= 0)} | {Math.Exp(origin.Average(o => o.Ratio)):F2} |"));
        foreach (var group in errors.Zip(ratios, (e, r) => (Error: e, Ratio: r)).Zip(groups, (e, g) => (e.Error, e.Ratio, Group: g)).GroupBy(e => e.Group).OrderBy(g => g.Key, StringComparer.Ordinal).Where(_ => each))
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {group.Key} | {group.Count()} | {group.Average(o => Math.Abs(o.Error)):F3} | {group.Average(o => o.Error):F3} | {group.Count(o => o.Ratio >= 0) / (double)group.Count():F3} | {Math.Exp(group.Average(o => o.Ratio)):F2} |"));
        double[] absolute = [.. errors.Select(Math.Abs).Order()];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{hours} h: {absolute.Length} windows, peak error median {absolute[absolute.Length / 2]:F3}, mean {absolute.Average():F3}, bias {errors.Average():F3}, covered {(double)covered / absolute.Length:F3} at {Math.Exp(ratios.Average()):F2}, path WAPE {pathError / pathTotal:F3}"));
    }
}
