namespace Makalu.Capacity.Plotting;

/// <summary>A colour by its meaning.</summary>
/// <param name="Name">What it stands for.</param>
/// <param name="Light">On white.</param>
/// <param name="Dark">On a dark screen.</param>
internal sealed record ChartColour(string Name, string Light, string Dark)
{
    public ScottPlot.Color Colour => ScottPlot.Color.FromHex(Light);
}
