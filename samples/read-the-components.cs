#:package Makalu.Capacity@0.1.0

// What is trend, what is day and week, what is noise? Singular spectrum analysis of ten weeks by the hour.
using Makalu.Capacity.Forecasting.Ssa;
using Makalu.Capacity.Series;

string data = args.Length > 0 ? args[0] : "data";
RequestHistory history = SeriesFile.Read(Path.Combine(data, "requests.csv.gz"))[0];
RequestHistory hourly = history.AggregateTo(TimeSpan.FromHours(1), history.Requests.End).FillGaps(GapPolicy.InterpolateBySeason);

const int Day = 24, Week = 168;
SsaDecomposition decomposition = SsaDecomposition.Decompose(hourly.RequestsPerSecond.Values, windowLength: 4 * Week, components: 30);
SsaGrouping grouping = SsaGrouping.Of(decomposition, Day, Week);
Console.WriteLine("part      period, h   share of the variance   from         to");
foreach (SsaGroup group in grouping.Groups)
{
    double low = double.MaxValue, high = double.MinValue;
    foreach (double value in group.Values)
    {
        low = Math.Min(low, value);
        high = Math.Max(high, value);
    }

    Console.WriteLine(FormattableString.Invariant($"{group.Kind,-8} {(double.IsFinite(group.Period) ? group.Period : 0),10:0.#}   {group.Share,21:0.0000}   {low,8:0.0}   {high,8:0.0}"));
}
