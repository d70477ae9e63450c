using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Makalu.Capacity.Service.Requests;

/// <summary>How long a caller waits for a model that is being fitted, as its <c>Prefer</c> header says (RFC 7240): <c>wait=SECONDS</c>, and <c>respond-async</c> for 202 in the place of 503.</summary>
internal readonly record struct Patience(TimeSpan Longest, bool TakesAccepted)
{
    /// <summary>Of one who says nothing; no answer takes longer for want of a model.</summary>
    public static readonly Patience Usual = new(TimeSpan.FromSeconds(25), TakesAccepted: false);

    public static Patience Of(HttpRequest request)
    {
        bool takesAccepted = false;
        int? wait = null;
        foreach (string preference in request.Headers["Prefer"].SelectMany(h => (h ?? "").Split(',', StringSplitOptions.TrimEntries)))
        {
            if (preference.Equals("respond-async", StringComparison.OrdinalIgnoreCase))
                takesAccepted = true;
            else if (preference.StartsWith("wait=", StringComparison.OrdinalIgnoreCase) && int.TryParse(preference.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds))
                wait = seconds;
        }

        TimeSpan longest = wait is { } given && given < Usual.Longest.TotalSeconds ? TimeSpan.FromSeconds(given) : wait is null && takesAccepted ? TimeSpan.Zero : Usual.Longest;
        return new Patience(longest, takesAccepted);
    }
}
