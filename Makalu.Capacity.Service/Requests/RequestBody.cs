using System.Security.Cryptography;
using System.Text.Json;
using Makalu.Capacity.Service.Hosting;
using Makalu.Capacity.Sizing;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Makalu.Capacity.Service.Requests;

/// <summary>A body of JSON, read within the limits.</summary>
internal sealed class RequestBody : IDisposable
{
    private const int MaximumDepth = 16;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaximumDepth, AllowDuplicateProperties = false };

    private readonly JsonDocument _document;

    private RequestBody(JsonDocument document, string hash)
    {
        _document = document;
        Hash = hash;
    }

    public JsonElement Root => _document.RootElement;

    /// <summary>The SHA-256 of the body: equal bodies ask the same.</summary>
    public string Hash { get; }

    public static async Task<RequestBody> ReadAsync(HttpContext context, ServiceLimits limits)
    {
        HttpRequest request = context.Request;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            || !(type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.MediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase))
            || (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
        {
            throw new RequestRefusedException(StatusCodes.Status415UnsupportedMediaType, "Unsupported media type", "Send the body as application/json in UTF-8.");
        }

        if (request.Headers.ContentEncoding.Count > 0)
            throw new RequestRefusedException(StatusCodes.Status415UnsupportedMediaType, "Unsupported content encoding", "Send the body as it is, without Content-Encoding.");

        byte[] bytes = await ReadBytesAsync(request, limits, context.RequestAborted);
        try
        {
            ThrowIfTextIsBroken(bytes);
            return new RequestBody(JsonDocument.Parse(bytes, Options), Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
        catch (JsonException exception)
        {
            string at = exception.LineNumber is { } line ? FormattableString.Invariant($"line {line + 1}, byte {exception.BytePositionInLine + 1}") : "the body";
            string reason = exception.Message.Split(" LineNumber", 2)[0].Split(" Path:", 2)[0];
            throw NotJson(at, reason.Length > 200 ? reason[..200] : reason);
        }
    }

    public void Dispose() => _document.Dispose();

    private static async Task<byte[]> ReadBytesAsync(HttpRequest request, ServiceLimits limits, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limits.RequestBytes)
            throw TooLarge(limits);

        using var content = new MemoryStream((int)Math.Min(request.ContentLength ?? 4096, limits.RequestBytes));
        try
        {
            await request.Body.CopyToAsync(content, cancellationToken);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw TooLarge(limits);
        }

        return content.Length == content.Capacity ? content.GetBuffer() : content.ToArray();
    }

    /// <summary>JSON may hold half a character (<c>"\ud800"</c>), which no text of ours can.</summary>
    private static void ThrowIfTextIsBroken(byte[] bytes)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaximumDepth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && (reader.ValueIsEscaped || reader.ValueSpan.ContainsAnyInRange((byte)0x80, (byte)0xFF)))
            {
                try
                {
                    reader.GetString();
                }
                catch (InvalidOperationException)
                {
                    throw NotJson(FormattableString.Invariant($"byte {reader.TokenStartIndex + 1}"), "The text is not Unicode: it is not UTF-8, or has half of a surrogate pair.");
                }
            }
        }
    }

    private static RequestRefusedException NotJson(string at, string reason)
        => new(StatusCodes.Status400BadRequest, "Not JSON", "The body is not one JSON value.", [new SystemDescriptionError(at, "not JSON", "The body must be one JSON object.", reason)]);

    private static RequestRefusedException TooLarge(ServiceLimits limits)
        => new(StatusCodes.Status413PayloadTooLarge, "Body too large", FormattableString.Invariant($"The body has more than the {limits.RequestBytes} bytes that are allowed. Send less at once, or let the operator raise Makalu:Limits:RequestBytes."));
}
