using System.Diagnostics;
using System.Globalization;
using System.Text;
using Makalu.Capacity.Tests.Cli;
using Makalu.Capacity.Tests.Reporting;

namespace Makalu.Capacity.Tests.Sizing.Postgres;

/// <summary>A PgBouncer of this machine's own package before a <see cref="TemporaryPostgres"/>, on loopback.</summary>
internal sealed class TemporaryPgBouncer : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private Process? _process;

    private TemporaryPgBouncer(int port) => Port = port;

    public int Port { get; }

    /// <summary>Starts the pooler; where it is not installed the test is skipped and says so.</summary>
    /// <param name="server">The database behind it.</param>
    /// <param name="settings">Lines of its section [pgbouncer].</param>
    /// <param name="users">Lines of its userlist; with none anybody may come in.</param>
    public static TemporaryPgBouncer Start(TemporaryPostgres server, string settings, string? users = null)
    {
        string program = ExternalTool.Require("pgbouncer", "pgbouncer");
        var pooler = new TemporaryPgBouncer(LoopbackPort.Take());
        try
        {
            string file = pooler._folder.Write("pgbouncer.ini", string.Create(CultureInfo.InvariantCulture, $"""
                [databases]
                postgres = host=127.0.0.1 port={server.Port} dbname=postgres user=web
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = {pooler.Port}
                unix_socket_dir =
                admin_users = admin
                stats_users = watcher
                auth_type = {(users is null ? "any" : "scram-sha-256")}
                auth_file = {pooler._folder["users.txt"]}
                {settings}

                """));
            pooler._folder.Write("users.txt", users ?? "");
            ExternalTool.GiveTo("postgres", pooler._folder.Path);
            pooler._process = ExternalTool.StartUnprivileged("postgres", program, file);
            var told = new StringBuilder();
            for (string? line = ""; !line.Contains("process up", StringComparison.Ordinal);)
            {
                line = pooler._process.StandardError.ReadLine() ?? throw new InvalidOperationException($"pgbouncer did not start: {told}");
                told.AppendLine(line);
            }

            // What it says further is read and forgotten, so that it never waits for a reader.
            _ = pooler._process.StandardError.ReadToEndAsync();
            return pooler;
        }
        catch
        {
            pooler.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
            _process.Dispose();
        }

        _folder.Dispose();
    }
}
