using System.Security.Claims;
using Makalu.Capacity.Service.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Makalu.Capacity.Service.Security;

/// <summary>Who may do what: everything needs a key or token with the scope to read, changes one with the scope to write.</summary>
internal static class Access
{
    public const string Read = "read";
    public const string Write = "write";

    private const string KeyOrToken = "KeyOrToken";

    public static void Add(IServiceCollection services, ServiceSettings settings)
    {
        // Without the protection of cookies, which this service has none of, and whose keys would be written to the disk.
        services.AddAuthenticationCore(options => options.DefaultScheme = KeyOrToken);
        services.AddWebEncoders();
        services.AddSingleton<IAuthenticationConfigurationProvider, NoConfiguration>();
        AuthenticationBuilder authentication = new AuthenticationBuilder(services)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null)
            .AddPolicyScheme(KeyOrToken, null, options => options.ForwardDefaultSelector = context =>
                settings.Jwt.Authority is not null && context.Request.Headers.Authorization is [{ } header] && header.StartsWith("Bearer ey", StringComparison.OrdinalIgnoreCase)
                    ? JwtBearerDefaults.AuthenticationScheme
                    : ApiKeyAuthentication.SchemeName);
        if (settings.Jwt.Authority is { } authority)
        {
            authentication.AddJwtBearer(options =>
            {
                options.Authority = authority;
                options.Audience = settings.Jwt.Audience;
                options.MapInboundClaims = false;
                options.TokenValidationParameters.NameClaimType = "sub";
            });
        }

        AuthorizationPolicy read = new AuthorizationPolicyBuilder(KeyOrToken).RequireAuthenticatedUser().RequireAssertion(c => HasScope(c.User, Read) || HasScope(c.User, Write)).Build();
        AuthorizationPolicy write = new AuthorizationPolicyBuilder(KeyOrToken).RequireAuthenticatedUser().RequireAssertion(c => HasScope(c.User, Write)).Build();
        services.AddAuthorizationBuilder().AddPolicy(Read, read).AddPolicy(Write, write).SetFallbackPolicy(read);
    }

    /// <summary>Keys have the scope itself; tokens have <c>makalu.read</c> or <c>makalu.write</c> in <c>scope</c> (separated by spaces) or <c>scp</c>.</summary>
    private static bool HasScope(ClaimsPrincipal user, string scope)
        => user.Claims.Any(c => c.Type is ApiKeyAuthentication.ScopeClaim or "scp"
            && (user.Identity?.AuthenticationType == ApiKeyAuthentication.SchemeName ? c.Value == scope : c.Value.Split(' ').Contains("makalu." + scope, StringComparer.Ordinal)));

    /// <summary>What there is to set is in <see cref="ServiceSettings"/>.</summary>
    private sealed class NoConfiguration : IAuthenticationConfigurationProvider
    {
        public IConfiguration AuthenticationConfiguration { get; } = new ConfigurationBuilder().Build();
    }
}
