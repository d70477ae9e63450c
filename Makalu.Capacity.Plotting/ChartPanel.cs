using System.Globalization;
using System.Xml.Linq;
using Makalu.Capacity.Reporting;
using ScottPlot;

namespace Makalu.Capacity.Plotting;

/// <summary>
/// A plane on which ScottPlot draws all shapes, at a fixed place. Text is put over it by ourselves: ScottPlot sets each letter by the
/// fonts of the machine that it runs on, so that the bytes would differ from machine to machine, other fonts would not fit, and on a
/// machine without fonts there would be no text.
/// </summary>
internal sealed class ChartPanel
{
    private readonly List<XElement> _texts = [];
    private readonly (double Low, double High) _x;
    private readonly (double Low, double High) _y;

    public ChartPanel(double width, double height, ChartMargins margins, (double Low, double High) x, (double Low, double High) y)
    {
        Width = width;
        Height = height;
        Margins = margins;
        _x = x;
        _y = y;
        Plot = new Plot();
        Plot.FigureBackground.Color = Colors.Transparent;
        Plot.DataBackground.Color = Colors.Transparent;
        Plot.Layout.Fixed(new PixelPadding((float)margins.Left, (float)margins.Right, (float)margins.Bottom, (float)margins.Top));
        Plot.Axes.SetLimits(x.Low, x.High, y.Low, y.High);
        Plot.Axes.Frame(false);
        foreach (IAxis axis in Plot.Axes.GetAxes())
        {
            axis.TickLabelStyle.IsVisible = false;
            axis.MajorTickStyle.Length = 0;
            axis.MinorTickStyle.Length = 0;
        }

        Plot.Grid.XAxisStyle.IsVisible = false;
        Plot.Grid.YAxisStyle.IsVisible = false;
    }

    public Plot Plot { get; }

    public double Width { get; }

    public double Height { get; }

    public ChartMargins Margins { get; }

    public double PlotWidth => Width - Margins.Left - Margins.Right;

    public double X(double value) => Margins.Left + ((value - _x.Low) / (_x.High - _x.Low) * PlotWidth);

    public double Y(double value) => Height - Margins.Bottom - ((value - _y.Low) / (_y.High - _y.Low) * (Height - Margins.Top - Margins.Bottom));

    /// <summary>Lines across at ticks, with their numbers at the left.</summary>
    public void AddScale(double tick)
    {
        for (double value = Math.Ceiling((_y.Low / tick) - 1e-9) * tick; value <= _y.High + (tick * 1e-6); value += tick)
        {
            Style(Plot.Add.HorizontalLine(value), Palette.Line, 1);

            // Adding 0 makes −0, which rounding leaves, 0.
            AddText(Margins.Left - 6, Y(value) + 4, PlanText.Number(Math.Round(value, 6) + 0.0), "end", Palette.Soft);
        }
    }

    /// <summary>Ticks of time below; the axis counts days.</summary>
    public void AddTimes(IReadOnlyList<(double At, string Text)> ticks)
    {
        foreach ((double at, string text) in ticks)
        {
            ScottPlot.Plottables.LinePlot mark = Plot.Add.Line(at, _y.Low, at, _y.Low + ((_y.High - _y.Low) * 0.015));
            mark.Color = Palette.Soft.Colour;
            mark.LineWidth = 1;
            mark.MarkerSize = 0;
            double half = ChartText.Width(text) / 2;
            if (X(at) + half <= Width && X(at) - half >= 0)
            {
                AddText(X(at), Height - Margins.Bottom + 17, text, "middle", Palette.Soft);
            }
        }
    }

    /// <summary>A line that breaks where a value is unknown.</summary>
    public void AddLine(IReadOnlyList<double> x, IReadOnlyList<double> y, ChartColour colour, float width, LinePattern? pattern = null)
    {
        int start = 0;
        for (int i = 0; i <= y.Count; i++)
        {
            if (i < y.Count && !double.IsNaN(y[i]))
            {
                continue;
            }

            if (i > start)
            {
                ScottPlot.Plottables.Scatter line = Plot.Add.ScatterLine(x.Skip(start).Take(i - start).ToArray(), y.Skip(start).Take(i - start).ToArray());
                line.Color = colour.Colour;
                line.LineWidth = width;
                line.LinePattern = pattern ?? LinePattern.Solid;
            }

            start = i + 1;
        }
    }

    public void AddBand(IReadOnlyList<double> x, IReadOnlyList<double> low, IReadOnlyList<double> high, ChartColour colour)
    {
        ScottPlot.Plottables.FillY band = Plot.Add.FillY(x.ToArray(), low.ToArray(), high.ToArray());
        band.FillColor = colour.Colour;
        band.LineWidth = 0;
        band.MarkerSize = 0;
    }

    /// <summary>A rectangle between values of both axes.</summary>
    public void AddBox(double left, double right, double bottom, double top, ChartColour colour)
    {
        ScottPlot.Plottables.Rectangle box = Plot.Add.Rectangle(left, right, bottom, top);
        box.FillColor = colour.Colour;
        box.LineWidth = 0;
    }

    public void AddLevel(double y, ChartColour colour, LinePattern pattern) => Style(Plot.Add.HorizontalLine(y), colour, 1.5f, pattern);

    public void AddText(double x, double y, string text, string anchor, ChartColour colour) => _texts.Add(new XElement(
        "text",
        ChartText.Coordinate("x", x),
        ChartText.Coordinate("y", y),
        new XAttribute("text-anchor", anchor),
        new XAttribute("fill", colour.Light),
        new XAttribute("font-family", "sans-serif"),
        new XAttribute("font-size", "12"),
        new XAttribute("class", "mk-text mk-fill-" + colour.Name),
        PlanText.OneLine(text)));

    /// <summary>What is drawn, moved down to its place; ids begin with <paramref name="id"/>.</summary>
    public XElement Draw(string id, double top)
        => new("g", top == 0 ? null : new XAttribute("transform", string.Create(CultureInfo.InvariantCulture, $"translate(0 {top:0.#})")), DrawnShapes.Of(Plot, Width, Height, id), _texts);

    private static void Style(ScottPlot.Plottables.HorizontalLine line, ChartColour colour, float width, LinePattern? pattern = null)
    {
        line.Color = colour.Colour;
        line.LineWidth = width;
        line.LinePattern = pattern ?? LinePattern.Solid;
        line.EnableAutoscale = false;
    }
}
