using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Makalu.Capacity.Service.Security;

/// <summary>
/// An API key: <c>mk_</c>, an identifier that may be shown, and a secret of 256 random bits. Only the secret's SHA-256 is stored: a
/// slow hash protects secrets that can be guessed, which these cannot.
/// </summary>
internal sealed record ApiKey(string Id, string Secret)
{
    public const string ReadScope = "read";
    public const string WriteScope = "write";

    private const string Prefix = "mk_";
    private const int IdLength = 12;

    public string Text => $"{Prefix}{Id}_{Secret}";

    public string Hash => HashOf(Secret);

    public static ApiKey Create() => new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdLength / 2)), Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));

    public static ApiKey? TryParse(string text)
    {
        if (text.Length is < 40 or > 100 || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[Prefix.Length + IdLength] != '_')
            return null;
        return new ApiKey(text.Substring(Prefix.Length, IdLength), text[(Prefix.Length + IdLength + 1)..]);
    }

    /// <summary>Whether this key's secret has a hash; takes as long whether or not it has.</summary>
    public bool HasHash(string hash) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash), Encoding.ASCII.GetBytes(hash));

    private static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
