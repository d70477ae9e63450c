using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Makalu.Capacity.Reporting;

/// <summary>A plane of time and rate on which a chart is drawn as SVG.</summary>
internal sealed class ChartPlane
{
    private const double Width = 960;
    private const double Height = 340;
    private const double Left = 64;
    private const double Right = 12;
    private const double Top = 34;
    private const double Bottom = 30;

    private static readonly TimeSpan[] TickSteps =
    [
        TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(6), TimeSpan.FromHours(12),
        TimeSpan.FromDays(1), TimeSpan.FromDays(2), TimeSpan.FromDays(7), TimeSpan.FromDays(14), TimeSpan.FromDays(28), TimeSpan.FromDays(91), TimeSpan.FromDays(364),
    ];

    private readonly DateTimeOffset _from;
    private readonly DateTimeOffset _to;
    private readonly double _tick;
    private readonly double _top;

    public ChartPlane(DateTimeOffset from, DateTimeOffset to, double highest)
    {
        _from = from;
        _to = to;
        _tick = NiceTick(highest);
        _top = Math.Max(_tick, Math.Ceiling(highest * 1.02 / _tick) * _tick);
    }

    /// <summary>An empty drawing of the plane's size.</summary>
    public static XElement Drawing(string id, string title, string description) => Svg.Drawing(Width, Height, id, title, description);

    public IEnumerable<XElement> Axes(string unit)
    {
        yield return Svg.Text(Left, Top - 20, unit, "start");
        for (double rate = 0; rate <= _top * 1.001; rate += _tick)
        {
            yield return Svg.Line(Left, Y(rate), Width - Right, Y(rate), "stroke: var(--line); stroke-width: 1");
            yield return Svg.Text(Left - 6, Y(rate) + 4, PlanText.Number(Math.Round(rate, 6)), "end");
        }

        TimeSpan step = TickSteps.FirstOrDefault(s => (_to - _from) / s <= 10, TickSteps[^1]);
        string format = step < TimeSpan.FromDays(1) ? "MMM d HH:mm" : "MMM d";
        long first = (_from.UtcTicks + step.Ticks - 1) / step.Ticks * step.Ticks;
        for (var time = new DateTimeOffset(first, TimeSpan.Zero); time <= _to; time += step)
        {
            yield return Svg.Line(X(time), Height - Bottom, X(time), Height - Bottom + 5, "stroke: var(--soft); stroke-width: 1");
            yield return Svg.Text(X(time), Height - Bottom + 19, time.ToString(format, CultureInfo.InvariantCulture), X(time) > Width - 50 ? "end" : "middle");
        }
    }

    /// <summary>A line through the bins; it breaks where a value is unknown.</summary>
    public XElement Line(DateTimeOffset start, TimeSpan step, double[] bins, int stepsPerBin, string style)
    {
        var path = new StringBuilder();
        bool isPenDown = false;
        for (int i = 0; i < bins.Length; i++)
        {
            if (double.IsNaN(bins[i]))
            {
                isPenDown = false;
                continue;
            }

            path.Append(CultureInfo.InvariantCulture, $"{(isPenDown ? 'L' : 'M')}{X(start + (step * i * stepsPerBin)):0.#} {Y(bins[i]):0.#}");
            isPenDown = true;
        }

        return Svg.Path(path.ToString(), "fill: none; " + style);
    }

    public XElement Band(DateTimeOffset start, TimeSpan step, double[] low, double[] high, int stepsPerBin)
    {
        var path = new StringBuilder();
        for (int i = 0; i < high.Length; i++)
        {
            path.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? 'M' : 'L')}{X(start + (step * i * stepsPerBin)):0.#} {Y(high[i]):0.#}");
        }

        for (int i = low.Length - 1; i >= 0; i--)
        {
            path.Append(CultureInfo.InvariantCulture, $"L{X(start + (step * i * stepsPerBin)):0.#} {Y(low[i]):0.#}");
        }

        return Svg.Path(path.Append('Z').ToString(), "fill: var(--band); fill-opacity: .7; stroke: none");
    }

    public IEnumerable<XElement> Level(double rate, string label)
    {
        yield return Svg.Line(Left, Y(rate), Width - Right, Y(rate), "stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 8 4");
        yield return Svg.Text(Left + 6, Y(rate) - 5, label, "start", "name");
    }

    /// <summary>A shaded span with its name above, on one of two lines in turn.</summary>
    public IEnumerable<XElement> Span(DateTimeOffset from, DateTimeOffset to, string name, int index)
    {
        double left = Math.Max(Left, X(from));
        double right = Math.Min(Width - Right, X(to));
        yield return Svg.Rectangle(left, Top, Math.Max(2, right - left), Height - Top - Bottom, "fill: var(--shade)");
        double middle = Math.Clamp((left + right) / 2, Left + 40, Width - Right - 40);
        yield return Svg.Text(middle, Top - 4 - (index % 2 * 13), name, "middle", "name");
    }

    private double X(DateTimeOffset time) => Left + ((time - _from) / (_to - _from) * (Width - Left - Right));

    private double Y(double rate) => Height - Bottom - (rate / _top * (Height - Top - Bottom));

    private static double NiceTick(double highest)
    {
        if (!(highest > 0))
        {
            return 1;
        }

        double power = Math.Pow(10, Math.Floor(Math.Log10(highest / 5)));
        double fraction = highest / 5 / power;
        return power * (fraction <= 1 ? 1 : fraction <= 2 ? 2 : fraction <= 5 ? 5 : 10);
    }
}
