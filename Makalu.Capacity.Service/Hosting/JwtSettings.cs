namespace Makalu.Capacity.Service.Hosting;

/// <summary>Whose JWT bearer tokens are taken.</summary>
public sealed class JwtSettings
{
    /// <summary>The issuer, whose keys are fetched from its <c>/.well-known/openid-configuration</c>; default none: tokens are not taken.</summary>
    public string? Authority { get; set; }

    /// <summary>The audience that tokens must be for.</summary>
    public string Audience { get; set; } = "makalu";
}
