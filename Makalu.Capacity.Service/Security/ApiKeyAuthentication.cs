using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Makalu.Capacity.Service.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Makalu.Capacity.Service.Security;

/// <summary>Takes API keys as <c>Authorization: Bearer</c>, as <c>X-Api-Key</c>, or as the password of Basic authentication, which browsers ask for.</summary>
internal sealed class ApiKeyAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeyRing ring)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    public const string ScopeClaim = "scope";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Presented(Request) is not { } text)
            return AuthenticateResult.NoResult();

        if (await ring.FindAsync(text, Context.RequestAborted) is not KeyRow key)
            return AuthenticateResult.Fail("The key is not in force.");

        var identity = new ClaimsIdentity(SchemeName, ClaimTypes.Name, null);
        identity.AddClaim(new Claim(ClaimTypes.Name, $"{key.Name}/{key.Id}"));
        identity.AddClaim(new Claim(ScopeClaim, key.Scope));
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // A browser asks its user for a key; a program is told what to send.
        bool isPage = HttpMethods.IsGet(Request.Method) && Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
        Response.Headers.WWWAuthenticate = isPage ? "Basic realm=\"makalu: any user name, an API key as the password\", charset=\"UTF-8\"" : "Bearer realm=\"makalu\"";
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    private static string? Presented(HttpRequest request)
    {
        if (request.Headers["X-Api-Key"] is [{ Length: > 0 } key])
            return key;

        if (request.Headers.Authorization is not [{ } header])
            return null;

        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return header["Bearer ".Length..].Trim();

        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return null;

        Span<byte> decoded = stackalloc byte[512];
        if (!Convert.TryFromBase64String(header["Basic ".Length..].Trim(), decoded, out int length))
            return null;

        string credentials = Encoding.UTF8.GetString(decoded[..length]);
        int colon = credentials.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : credentials[(colon + 1)..];
    }
}
