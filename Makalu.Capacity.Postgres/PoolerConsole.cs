using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Npgsql;

namespace Makalu.Capacity.Postgres;

/// <summary>
/// PgBouncer's admin console, which answers the simple query protocol only. Npgsql speaks the extended one only
/// (github.com/npgsql/npgsql issue 3294), so that this much of the protocol is our own: sign in, send a text, read rows of text.
/// </summary>
/// <remarks>PostgreSQL documentation, chapter "Frontend/Backend Protocol", sections "Message Flow" and "Message Formats".</remarks>
internal sealed class PoolerConsole : IAsyncDisposable
{
    private const int LargestMessage = 16 << 20;
    private const int ProtocolVersion = 3 << 16;
    private const int RequestTls = 80877103;

    private readonly NpgsqlConnectionStringBuilder _settings;
    private readonly Socket _socket;
    private Stream _stream = Stream.Null;

    private PoolerConsole(NpgsqlConnectionStringBuilder settings, Socket socket)
    {
        _settings = settings;
        _socket = socket;
    }

    public static async Task<PoolerConsole> OpenAsync(NpgsqlConnectionStringBuilder settings, CancellationToken cancellationToken)
    {
        string host = settings.Host!;
        bool local = host.StartsWith('/');
        var socket = local ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var console = new PoolerConsole(settings, socket);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(TimeSpan.FromSeconds(Math.Max(1, settings.Timeout)));
            if (local)
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(FormattableString.Invariant($"{host}/.s.PGSQL.{settings.Port}")), limit.Token).ConfigureAwait(false);
            }
            else
            {
                await socket.ConnectAsync(host, settings.Port, limit.Token).ConfigureAwait(false);
            }

            console._stream = new NetworkStream(socket, ownsSocket: false);
            if (!local && settings.SslMode is not SslMode.Disable)
            {
                await console.EncryptAsync(limit.Token).ConfigureAwait(false);
            }

            await console.SignInAsync(limit.Token).ConfigureAwait(false);
            return console;
        }
        catch (Exception exception)
        {
            await console.DisposeAsync().ConfigureAwait(false);
            if (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw console.Failure("the pooler did not answer in time. Check host and port");

            if (exception is SocketException or IOException or AuthenticationException)
                throw ConnectionSettings.Explain(exception, settings, "the pooler cannot be reached");

            throw;
        }
    }

    /// <summary>Sends one command and reads its rows.</summary>
    public async Task<IReadOnlyList<ConsoleRow>> QueryAsync(string command, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync('Q', Text(command), cancellationToken).ConfigureAwait(false);
            var rows = new List<ConsoleRow>();
            string[] columns = [];
            DatabaseAccessException? error = null;
            while (true)
            {
                (char kind, byte[] content) = await ReceiveAsync(cancellationToken).ConfigureAwait(false);
                switch (kind)
                {
                    case 'T':
                        columns = MessageReader.Columns(content);
                        break;
                    case 'D':
                        rows.Add(new ConsoleRow(columns, MessageReader.Values(content)));
                        break;
                    case 'E':
                        error = Refusal(content);
                        break;
                    case 'Z':
                        return error is null ? rows : throw error;
                    default:
                        break;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw ConnectionSettings.Explain(exception, _settings, "the pooler cannot be read");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        _socket.Dispose();
    }

    private async Task EncryptAsync(CancellationToken cancellationToken)
    {
        var request = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(request, 8);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(4), RequestTls);
        await _stream.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        var answer = new byte[1];
        await _stream.ReadExactlyAsync(answer, cancellationToken).ConfigureAwait(false);
        if (answer[0] != (byte)'S')
        {
            if (_settings.SslMode is SslMode.Require or SslMode.VerifyCA or SslMode.VerifyFull)
                throw Failure("the pooler does not encrypt, but SSL Mode asks for it");

            return;
        }

        var encrypted = new SslStream(_stream, leaveInnerStreamOpen: false, Accepts);
        _stream = encrypted;
        await encrypted.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = _settings.Host }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As libpq does: the certificate is only looked at where SSL Mode says so, and the name only for VerifyFull.</summary>
    private bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (_settings.SslMode is not (SslMode.VerifyCA or SslMode.VerifyFull))
            return true;

        if (_settings.RootCertificate is { Length: > 0 } root && certificate is not null)
        {
            using var own = new X509Chain();
            own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            own.ChainPolicy.CustomTrustStore.ImportFromPemFile(root);
            own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            using X509Certificate2 presented = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
            if (own.Build(presented))
            {
                errors &= ~SslPolicyErrors.RemoteCertificateChainErrors;
            }
        }

        return errors == SslPolicyErrors.None || (_settings.SslMode == SslMode.VerifyCA && errors == SslPolicyErrors.RemoteCertificateNameMismatch);
    }

    private async Task SignInAsync(CancellationToken cancellationToken)
    {
        string user = _settings.Username ?? Environment.GetEnvironmentVariable("PGUSER") ?? Environment.UserName;
        byte[] start = [0, 0, 0, 0, 0, 0, 0, 0, .. Text("user"), .. Text(user), .. Text("database"), .. Text(_settings.Database!), 0];
        BinaryPrimitives.WriteInt32BigEndian(start, start.Length);
        BinaryPrimitives.WriteInt32BigEndian(start.AsSpan(4), ProtocolVersion);
        await _stream.WriteAsync(start, cancellationToken).ConfigureAwait(false);

        ScramExchange? scram = null;
        while (true)
        {
            (char kind, byte[] content) = await ReceiveAsync(cancellationToken).ConfigureAwait(false);
            if (kind == 'E')
                throw Refusal(content);

            if (kind == 'Z')
                return;

            if (kind != 'R')
                continue;

            int method = BinaryPrimitives.ReadInt32BigEndian(content);
            switch (method)
            {
                case 0:
                    break;
                case 3 when _stream is SslStream || await ConnectionSettings.IsLoopbackAsync(_settings, cancellationToken).ConfigureAwait(false):
                    await SendAsync('p', Text(Password()), cancellationToken).ConfigureAwait(false);
                    break;
                case 3:
                    throw Failure("the pooler asks for the password in clear text over an unencrypted connection, which is not sent. Set auth_type to scram-sha-256, or encrypt");
                case 5:
                    await SendAsync('p', Text(Md5Password.Of(user, Password(), content.AsSpan(4, 4))), cancellationToken).ConfigureAwait(false);
                    break;
                case 10:
                    scram = new ScramExchange(Password());
                    byte[] first = Encoding.UTF8.GetBytes(scram.First);
                    byte[] opening = [.. Text("SCRAM-SHA-256"), 0, 0, 0, 0, .. first];
                    BinaryPrimitives.WriteInt32BigEndian(opening.AsSpan(opening.Length - first.Length - 4), first.Length);
                    await SendAsync('p', opening, cancellationToken).ConfigureAwait(false);
                    break;
                case 11 when scram is not null:
                    await SendAsync('p', Encoding.UTF8.GetBytes(scram.Answer(Encoding.UTF8.GetString(content.AsSpan(4)))), cancellationToken).ConfigureAwait(false);
                    break;
                case 12 when scram is not null:
                    if (!scram.IsServer(Encoding.UTF8.GetString(content.AsSpan(4))))
                        throw Failure("what answers does not know the user's password, so it is not the pooler that it says to be");

                    break;
                default:
                    throw Failure(FormattableString.Invariant($"the pooler asks for a way to sign in (code {method}) that is not supported. Use scram-sha-256 or md5"));
            }
        }
    }

    private string Password()
        => _settings.Password ?? Environment.GetEnvironmentVariable("PGPASSWORD") ?? throw Failure("the pooler asks for a password. Give it in PGPASSWORD");

    private async Task SendAsync(char kind, byte[] content, CancellationToken cancellationToken)
    {
        var message = new byte[content.Length + 5];
        message[0] = (byte)kind;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), content.Length + 4);
        content.CopyTo(message, 5);
        await _stream.WriteAsync(message, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(char Kind, byte[] Content)> ReceiveAsync(CancellationToken cancellationToken)
    {
        var header = new byte[5];
        await _stream.ReadExactlyAsync(header, cancellationToken).ConfigureAwait(false);
        int length = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1)) - 4;
        if (length is < 0 or > LargestMessage)
            throw Failure("what answers does not speak PostgreSQL's protocol. Check host and port");

        var content = new byte[length];
        await _stream.ReadExactlyAsync(content, cancellationToken).ConfigureAwait(false);
        return ((char)header[0], content);
    }

    private DatabaseAccessException Refusal(byte[] content)
    {
        (string? state, string? message) = MessageReader.Error(content);
        return new DatabaseAccessException($"{ConnectionSettings.Place(_settings)}: the pooler refuses: {message} (SQLSTATE {state}). Its user must be in admin_users or stats_users, and the database pgbouncer.", state);
    }

    private DatabaseAccessException Failure(string what) => new($"{ConnectionSettings.Place(_settings)}: {what}.");

    private static byte[] Text(string text) => [.. Encoding.UTF8.GetBytes(text), 0];
}
