using System.Globalization;
using System.Xml.Linq;

namespace Makalu.Capacity.Plotting;

/// <summary>What is known of text before a browser sets it.</summary>
internal static class ChartText
{
    /// <summary>About how wide a letter of 12 pixels is, in most fonts.</summary>
    private const double LetterWidth = 6.6;

    public static double Width(string text) => text.Length * LetterWidth;

    /// <summary>As much of a name as fits, with an ellipsis where it does not.</summary>
    public static string Fit(string text, double width)
    {
        int letters = Math.Max(1, (int)(width / LetterWidth));
        return text.Length <= letters ? text : text[..Math.Max(1, letters - 1)] + "…";
    }

    public static XAttribute Coordinate(string name, double value) => new(name, value.ToString("0.#", CultureInfo.InvariantCulture));
}
