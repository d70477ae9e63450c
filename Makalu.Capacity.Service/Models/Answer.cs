using System.Security.Cryptography;

namespace Makalu.Capacity.Service.Models;

/// <summary>An answer as it is sent: equal answers have equal tags.</summary>
internal sealed record Answer(byte[] Body, string ContentType, string ETag)
{
    public static Answer Json(byte[] body) => Of(body, "application/json; charset=utf-8");

    public static Answer Of(byte[] body, string contentType) => new(body, contentType, $"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 16))}\"");
}
