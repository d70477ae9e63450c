using System.Globalization;
using System.Numerics.Tensors;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks.Accuracy;

/// <summary>
/// What single wrong steps of a history do to the forecast of the next day: made-up histories with steps too high, too low, zero, unknown or recorded in part, at the end or in
/// the middle, beside the forecast of the same history without them.
/// </summary>
internal static class DamagedHistories
{
    private static readonly DateTimeOffset _start = new(2024, 3, 4, 0, 0, 0, TimeSpan.Zero);
    private static readonly double[] _probabilities = [0.5, 0.95];
    private static readonly string[] _laws = ["day", "week", "none", "counts", "smooth"];

    /// <summary>What a history suffers.</summary>
    /// <param name="Name">Its name in the table.</param>
    /// <param name="Places">How many steps before the end the last wrong one lies.</param>
    /// <param name="Apply">Changes the history, whose end is given, and what comes after it where that changes too.</param>
    private sealed record Damage(string Name, int[] Places, Action<double[], int, int, int> Apply);

    /// <summary>What a damage moved.</summary>
    private sealed record Moved(double Median, double Away, double Upper, double Peak, double Error, double ErrorBefore, double Covered);

    private static readonly int[] _places = [0, 1, 2, 6, 24];

    private static readonly Damage[] _atEnd =
    [
        new("none", [0], (_, _, _, _) => { }),
        new("one x50", _places, (v, end, day, p) => Multiply(v, end - p - 1, 1, 50)),
        new("one x5", _places, (v, end, day, p) => Multiply(v, end - p - 1, 1, 5)),
        new("one x0.02", _places, (v, end, day, p) => Multiply(v, end - p - 1, 1, 0.02)),
        new("one zero", _places, (v, end, day, p) => Multiply(v, end - p - 1, 1, 0)),
        new("three x50", _places, (v, end, day, p) => Multiply(v, end - p - 3, 3, 50)),
        new("three x5", _places, (v, end, day, p) => Multiply(v, end - p - 3, 3, 5)),
        new("three zero", _places, (v, end, day, p) => Multiply(v, end - p - 3, 3, 0)),
        new("half recorded", [0], (v, end, day, p) => Multiply(v, end - p - 1, 1, 0.5)),
        new("outage of 2 hours", [0], (v, end, day, p) => Multiply(v, end - Math.Max(1, day / 12), Math.Max(1, day / 12), 0)),
        new("6 hours unknown", [0], (v, end, day, p) => Multiply(v, end - Math.Max(1, day / 4), Math.Max(1, day / 4), double.NaN)),
        new("true rush x3, 1 of 6 hours", [0], (v, end, day, p) => Multiply(v, end - Math.Max(1, day / 24), Math.Max(1, day / 4), 3)),
        new("true rush x3, 2 of 6 hours", [0], (v, end, day, p) => Multiply(v, end - Math.Max(1, day / 12), Math.Max(1, day / 4), 3)),
        new("new level x3 for 2 hours", [0], (v, end, day, p) => Multiply(v, end - Math.Max(1, day / 12), v.Length - end + Math.Max(1, day / 12), 3)),
    ];

    private static readonly Damage[] _inMiddle =
    [
        new("one hour x50 a week ago", [0], (v, end, day, p) => Multiply(v, end - (7 * day) + (day / 2), Math.Max(1, day / 24), 50)),
        new("one hour x50 on 5 days", [0], (v, end, day, p) =>
        {
            for (int d = 1; d <= 5; d++)
                Multiply(v, end - (3 * d * day) + ((d * 5 % 24) * day / 24), Math.Max(1, day / 24), 50);
        }),
        new("one step x50 on 5 days", [0], (v, end, day, p) =>
        {
            for (int d = 1; d <= 5; d++)
                Multiply(v, end - (3 * d * day) + ((d * 5 % 24) * day / 24), 1, 50);
        }),
        new("a zero day 5 days ago", [0], (v, end, day, p) => Multiply(v, end - (5 * day), day, 0)),
        new("a half day's logs 5 days ago", [0], (v, end, day, p) => Multiply(v, end - (5 * day), day, 0.5)),
        new("zero hours on 5 days", [0], (v, end, day, p) =>
        {
            for (int d = 1; d <= 5; d++)
                Multiply(v, end - (3 * d * day) + ((d * 5 % 24) * day / 24), Math.Max(1, day / 24), 0);
        }),
    ];

    public static void Run(int seeds, string model, string step, bool each, bool inMiddle)
    {
        Console.WriteLine("model, step, damage, steps before the end | sum of medians ÷ without, least and most | medians moved, % | p95 ÷ without | p95 peak ÷ without | error ÷ without | steps ≤ p95");
        foreach (string name in model.Split(','))
        {
            foreach (int minutes in step.Split(',').Select(s => int.Parse(s, CultureInfo.InvariantCulture)))
            {
                var sound = new Forecast[_laws.Length, seeds];
                Parallel.For(0, _laws.Length * seeds, k => sound[k / seeds, k % seeds] = Predict(name, Simulate(_laws[k / seeds], minutes, k % seeds).Values, minutes, k % seeds));
                foreach (Damage damage in inMiddle ? _inMiddle : _atEnd)
                {
                    foreach (int place in damage.Places)
                    {
                        var moved = new Moved[_laws.Length][];
                        for (int law = 0; law < _laws.Length; law++)
                            moved[law] = new Moved[seeds];
                        Parallel.For(0, _laws.Length * seeds, k => moved[k / seeds][k % seeds] = One(damage, place, name, _laws[k / seeds], minutes, k % seeds, sound[k / seeds, k % seeds]));
                        for (int law = 0; each && law < _laws.Length; law++)
                            Print($"{name} {minutes}m {damage.Name} {place} [{_laws[law]}]", moved[law]);
                        if (!each)
                            Print($"{name} {minutes}m {damage.Name} {place}", [.. moved.SelectMany(m => m)]);
                    }
                }
            }
        }
    }

    private static void Print(string name, Moved[] moved)
    {
        double Mean(Func<Moved, double> factor) => Math.Exp(moved.Average(m => Math.Log(Math.Max(factor(m), 1e-3))));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} | {moved.Min(m => m.Median):0.00} {moved.Max(m => m.Median):0.00} | {100 * moved.Average(m => m.Away):0.0} | {Mean(m => m.Upper):0.00} {moved.Max(m => m.Upper):0.00} | {Mean(m => m.Peak):0.00} {moved.Max(m => m.Peak):0.00} | {moved.Sum(m => m.Error) / moved.Sum(m => m.ErrorBefore):0.00} | {moved.Average(m => m.Covered):0.000}"));
    }

    private static Moved One(Damage damage, int place, string model, string law, int minutes, int seed, Forecast sound)
    {
        (double[] values, int end) = Simulate(law, minutes, seed);
        double[] undamaged = values[end..];
        damage.Apply(values, end, StepsOfDay(minutes), place);
        Forecast damaged = Predict(model, values, minutes, seed);
        double[][] before = sound.Quantiles(_probabilities), after = damaged.Quantiles(_probabilities);
        ReadOnlySpan<double> actual = values.AsSpan(end);
        double level = TensorPrimitives.Average(actual), error = 0, errorBefore = 0, away = 0, covered = 0;
        for (int h = 0; h < actual.Length; h++)
        {
            error += Math.Abs(actual[h] - after[0][h]) / actual.Length / level;
            errorBefore += Math.Abs(undamaged[h] - before[0][h]) / actual.Length / level;
            away += Math.Abs(after[0][h] - before[0][h]);
            covered += actual[h] <= after[1][h] ? 1.0 / actual.Length : 0;
        }

        double sum = TensorPrimitives.Sum<double>(before[0]);
        return new Moved(TensorPrimitives.Sum<double>(after[0]) / sum, away / sum, TensorPrimitives.Sum<double>(after[1]) / TensorPrimitives.Sum<double>(before[1]), Peak(damaged) / Peak(sound), error, errorBefore, covered);
    }

    private static double Peak(Forecast forecast)
        => SampleQuantile.Of([.. Enumerable.Range(0, forecast.PathCount).Select(p => TensorPrimitives.Max(forecast.Path(p)))], 0.95);

    private static Forecast Predict(string model, double[] values, int minutes, int seed)
    {
        int horizon = Horizon(minutes);
        var history = new TimeSeries(_start, TimeSpan.FromMinutes(minutes), values.AsSpan(0, values.Length - horizon));
        bool withCalendar = model.StartsWith("campaigns", StringComparison.Ordinal) || model.EndsWith("/calendar", StringComparison.Ordinal);
        IForecaster forecaster = ForecasterCatalog.Create(model.Replace("/calendar", "", StringComparison.Ordinal), new AutoForecasterOptions { Horizon = history.Step * horizon, MaxDegreeOfParallelism = 1 });
        return forecaster.Fit(history, withCalendar ? new CampaignCalendar(Campaigns(history)) : CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = horizon, Paths = 400, Seed = seed });
    }

    private static int StepsOfDay(int minutes) => 1440 / minutes;

    private static int Horizon(int minutes) => minutes == 1440 ? 7 : StepsOfDay(minutes);

    /// <summary>Three campaigns, long before the end.</summary>
    private static IEnumerable<Campaign> Campaigns(TimeSeries history) => Enumerable.Range(0, 3).Select(k =>
    {
        DateTimeOffset from = _start + (history.Step == TimeSpan.FromDays(1) ? TimeSpan.FromDays(30 + (40 * k)) : TimeSpan.FromDays(9 + (4 * k)) + TimeSpan.FromHours(10 + k));
        return new Campaign($"campaign {k}", "mail", from, from + TimeSpan.FromHours(history.Step == TimeSpan.FromDays(1) ? 24 : 2));
    });

    /// <summary>A history and the steps after it, and where it ends.</summary>
    private static (double[] Values, int End) Simulate(string law, int minutes, int seed)
    {
        var random = new RandomStream(seed + 1, minutes);
        bool isDaily = minutes == 1440;
        int day = StepsOfDay(minutes);
        int end = isDaily ? 182 : (28 * day) + random.NextInt(day);
        var values = new double[end + Horizon(minutes)];
        double scatter = law == "smooth" ? 0.002 : 0.03;
        double kept = Math.Exp(-minutes / 360.0);
        double wandering = 0;
        for (int t = 0; t < values.Length; t++)
        {
            double hours = t * minutes / 60.0;
            wandering = (kept * wandering) + (scatter * Math.Sqrt(1 - (kept * kept)) * random.NextNormal());
            double shape = law == "none" || isDaily ? 1 : 1 - (0.6 * Math.Cos(2 * Math.PI * (hours - 3) / 24)) + (0.2 * Math.Cos((4 * Math.PI * hours / 24) + 1));
            shape *= (law == "week" || (isDaily && law is "counts" or "smooth")) && (long)(hours / 24) % 7 >= 5 ? 0.6 : 1;
            double rate = shape * Math.Exp(wandering);
            values[t] = law == "counts" ? random.NextPoisson(5 * rate) : 100 * rate * Math.Exp(scatter * random.NextNormal());
        }

        return (values, end);
    }

    /// <summary>Multiplies steps; the history's own must lie within it.</summary>
    private static void Multiply(double[] values, int from, int count, double factor)
        => TensorPrimitives.Multiply(values.AsSpan(from, count), factor, values.AsSpan(from, count));
}
