namespace Makalu.Capacity.Numerics;

/// <summary>Sine and cosine of fractions of the full circle, exact to the last bit at large counts because the angle is reduced in integers first.</summary>
internal static class UnitRoot
{
    /// <summary>Sine and cosine of 2π·<paramref name="numerator"/> ÷ <paramref name="denominator"/>.</summary>
    public static (double Sin, double Cos) Of(long numerator, long denominator)
    {
        long eighths = 8 * (((numerator % denominator) + denominator) % denominator);
        long octant = eighths / denominator;
        long remainder = eighths % denominator;

        // Within each octant the angle is measured from the nearer axis, so that it stays below π/4.
        bool odd = (octant & 1) == 1;
        double angle = Math.PI / 4 * ((odd ? denominator - remainder : remainder) / (double)denominator);
        (double sin, double cos) = Math.SinCos(angle);
        return octant switch
        {
            0 => (sin, cos),
            1 => (cos, sin),
            2 => (cos, -sin),
            3 => (sin, -cos),
            4 => (-sin, -cos),
            5 => (-cos, -sin),
            6 => (-cos, sin),
            _ => (-sin, cos),
        };
    }
}
