using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Makalu.Capacity.Postgres;

/// <summary>The client's side of SCRAM-SHA-256 (RFC 5802 and RFC 7677), without channel binding.</summary>
internal sealed class ScramExchange
{
    private const string Header = "n,,";

    private readonly string _password;
    private readonly string _nonce;
    private byte[] _serverSignature = [];

    public ScramExchange(string password, string? nonce = null)
    {
        _password = password.Normalize(NormalizationForm.FormKC);
        _nonce = nonce ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
    }

    /// <summary>The client's first message; the server knows the user from the start of the connection.</summary>
    public string First => Header + FirstBare;

    private string FirstBare => $"n=,r={_nonce}";

    /// <summary>The client's final message, in answer to the server's first.</summary>
    public string Answer(string serverFirst)
    {
        Dictionary<char, string> fields = Fields(serverFirst);
        if (!fields.TryGetValue('r', out string? nonce) || !nonce.StartsWith(_nonce, StringComparison.Ordinal) || !fields.TryGetValue('s', out string? salt) || !fields.TryGetValue('i', out string? rounds))
            throw new DatabaseAccessException("The server's part of SCRAM-SHA-256 is malformed. Check host and port.");

        int iterations = Math.Clamp(int.Parse(rounds, NumberStyles.None, CultureInfo.InvariantCulture), 1, 10_000_000);
        byte[] salted = Rfc2898DeriveBytes.Pbkdf2(_password, Convert.FromBase64String(salt), iterations, HashAlgorithmName.SHA256, 32);
        byte[] clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        string withoutProof = $"c={Convert.ToBase64String(Encoding.ASCII.GetBytes(Header))},r={nonce}";
        byte[] signed = Encoding.UTF8.GetBytes($"{FirstBare},{serverFirst},{withoutProof}");
        byte[] proof = HMACSHA256.HashData(SHA256.HashData(clientKey), signed);
        for (int i = 0; i < proof.Length; i++)
        {
            proof[i] ^= clientKey[i];
        }

        _serverSignature = HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), signed);
        return $"{withoutProof},p={Convert.ToBase64String(proof)}";
    }

    /// <summary>Whether the server's final message proves that it knows the password too.</summary>
    public bool IsServer(string serverFinal)
        => Fields(serverFinal).TryGetValue('v', out string? signature) && CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(signature), _serverSignature);

    private static Dictionary<char, string> Fields(string message)
        => message.Split(',').Where(field => field.Length > 1 && field[1] == '=').ToDictionary(field => field[0], field => field[2..]);
}

/// <summary>The answer to PostgreSQL's own md5 challenge: md5(md5(password, user), salt).</summary>
internal static class Md5Password
{
    [SuppressMessage("Security", "CA5351", Justification = "The server asks for it; scram-sha-256 is used where the server offers it.")]
    public static string Of(string user, string password, ReadOnlySpan<byte> salt)
    {
        string inner = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(password + user)));
        return "md5" + Convert.ToHexStringLower(MD5.HashData([.. Encoding.ASCII.GetBytes(inner), .. salt]));
    }
}
