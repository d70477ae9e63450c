using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Makalu.Capacity.Postgres;

/// <summary>Reads connection strings, as Npgsql or as libpq write them, and keeps what is secret in them out of every message.</summary>
internal static class ConnectionSettings
{
    /// <summary>Reads a connection string.</summary>
    /// <param name="text">Npgsql's keywords (<c>Host=…;Username=…</c>) or a URI (<c>postgresql://user@host:5432/database</c>).</param>
    /// <exception cref="DatabaseAccessException">It cannot be read. The message does not repeat it: it may hold a password.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        try
        {
            NpgsqlConnectionStringBuilder settings = text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)
                ? FromUri(new Uri(text))
                : new NpgsqlConnectionStringBuilder(text);
            if (string.IsNullOrWhiteSpace(settings.Host))
                throw new DatabaseAccessException("The connection string names no Host. Write for example Host=127.0.0.1;Port=5432;Username=makalu;Database=shop.");

            settings.IncludeErrorDetail = false;
            settings.PersistSecurityInfo = false;
            settings.LogParameters = false;
            return settings;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException or NotSupportedException or InvalidCastException or OverflowException)
        {
            throw new DatabaseAccessException("The connection string cannot be read (it is not repeated here, as it may hold a password). Write keywords of Npgsql, for example Host=127.0.0.1;Port=5432;Username=makalu;Database=shop, or postgresql://makalu@127.0.0.1:5432/shop; give the password in PGPASSWORD or a password file.");
        }
    }

    /// <summary>Where it connects to, in words without anything secret.</summary>
    public static string Place(NpgsqlConnectionStringBuilder settings) => FormattableString.Invariant($"{settings.Host}:{settings.Port}");

    /// <summary>Whether every host that is named is this machine: a loopback address, <c>localhost</c> with only such addresses, or a Unix socket.</summary>
    public static async Task<bool> IsLoopbackAsync(NpgsqlConnectionStringBuilder settings, CancellationToken cancellationToken)
    {
        foreach (string entry in settings.Host!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry.StartsWith('/') || entry.StartsWith('@'))
                continue;

            string host = HostOf(entry);
            IPAddress[] addresses;
            try
            {
                addresses = IPAddress.TryParse(host, out IPAddress? address) ? [address] : await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException)
            {
                return false;
            }

            if (addresses.Length == 0 || !addresses.All(IPAddress.IsLoopback))
                return false;
        }

        return true;
    }

    /// <summary>What went wrong, without anything secret.</summary>
    public static DatabaseAccessException Explain(Exception exception, NpgsqlConnectionStringBuilder settings, string doing)
    {
        string reason = exception is PostgresException { MessageText: { } text } postgres
            ? $"{text.TrimEnd('.')} (SQLSTATE {postgres.SqlState})"
            : (exception.InnerException is SocketException or IOException ? exception.InnerException.Message : exception.Message).TrimEnd('.');
        string? state = (exception as PostgresException)?.SqlState;
        string remedy = state switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => "Give the password in PGPASSWORD or a password file, and see pg_hba.conf.",
            PostgresErrorCodes.TooManyConnections => "The server has no connection left; connect as a superuser, or with pg_use_reserved_connections from PostgreSQL 16 on.",
            PostgresErrorCodes.InvalidCatalogName => "Name a database that exists.",
            PostgresErrorCodes.InsufficientPrivilege => "Grant the role pg_monitor to the user.",
            PostgresErrorCodes.ProtocolViolation or PostgresErrorCodes.FeatureNotSupported => "If this is PgBouncer, connect to PostgreSQL itself and name the pooler with --pgbouncer.",
            null => "Check host, port, and whether the server is up.",
            _ => "",
        };
        return new DatabaseAccessException($"{Place(settings)}: {doing}: {Redact(reason, settings)}. {remedy}".TrimEnd(), state);
    }

    private static string Redact(string text, NpgsqlConnectionStringBuilder settings)
    {
        foreach (string? secret in new[] { settings.Password, settings.SslPassword, Environment.GetEnvironmentVariable("PGPASSWORD") })
        {
            if (!string.IsNullOrEmpty(secret))
            {
                text = text.Replace(secret, "***", StringComparison.Ordinal);
            }
        }

        return text;
    }

    private static string HostOf(string entry)
        => IPEndPoint.TryParse(entry, out IPEndPoint? end) && (entry.Contains('.', StringComparison.Ordinal) || entry.StartsWith('[')) ? end.Address.ToString()
            : IPAddress.TryParse(entry, out _) ? entry
            : entry.Split(':')[0];

    private static NpgsqlConnectionStringBuilder FromUri(Uri uri)
    {
        var settings = new NpgsqlConnectionStringBuilder { Host = Uri.UnescapeDataString(uri.Host.Trim('[', ']')) };
        if (uri.Port > 0)
        {
            settings.Port = uri.Port;
        }

        string[] user = uri.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
        {
            settings.Username = Uri.UnescapeDataString(user[0]);
        }

        if (user.Length > 1)
        {
            settings.Password = Uri.UnescapeDataString(user[1]);
        }

        if (uri.AbsolutePath.Trim('/') is { Length: > 0 } database)
        {
            settings.Database = Uri.UnescapeDataString(database);
        }

        foreach (string parameter in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = parameter.Split('=', 2);
            string value = pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : "";
            switch (pair[0])
            {
                case "sslmode":
                    settings["SSL Mode"] = value.Replace("-", "", StringComparison.Ordinal);
                    break;
                case "sslrootcert":
                    settings.RootCertificate = value;
                    break;
                case "host":
                    settings.Host = value;
                    break;
                default:
                    throw new NotSupportedException(pair[0]);
            }
        }

        return settings;
    }
}
