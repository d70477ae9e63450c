using System.Diagnostics;
using System.Globalization;
using Makalu.Capacity.Tests.Reporting;
using Npgsql;

namespace Makalu.Capacity.Tests.Sizing.Postgres;

/// <summary>A PostgreSQL of this machine's own packages in a temporary cluster that listens on loopback only; removed with its files.</summary>
internal sealed class TemporaryPostgres : IDisposable
{
    private readonly string _directory;
    private readonly string _binaries;

    private TemporaryPostgres(string directory, string binaries, int port)
    {
        _directory = directory;
        _binaries = binaries;
        Port = port;
    }

    public int Port { get; }

    private string Data => Path.Combine(_directory, "data");

    /// <summary>The connection string of the superuser, without pooling.</summary>
    public string Superuser => string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Username=postgres;Database=postgres;Pooling=false");

    /// <summary>Starts a cluster; where the machine has no PostgreSQL the test is skipped and says so.</summary>
    /// <param name="maxConnections">max_connections.</param>
    /// <param name="settings">Further settings, each as name=value.</param>
    public static TemporaryPostgres Start(int maxConnections, params string[] settings)
    {
        string binaries = FindBinaries() ?? throw new AssertInconclusiveException("PostgreSQL is not installed here (no initdb on the PATH or under /usr/lib/postgresql): apt-get install postgresql.");
        if (Environment.IsPrivilegedProcess && Run("id", ["-u", "postgres"]).ExitCode != 0)
            throw new AssertInconclusiveException("PostgreSQL does not run as root, and there is no user postgres to run it as.");

        string directory = Directory.CreateTempSubdirectory("makalu-postgres-").FullName;
        var server = new TemporaryPostgres(directory, binaries, LoopbackPort.Take());
        try
        {
            if (Environment.IsPrivilegedProcess)
            {
                Run("chown", ["postgres", directory]);
            }

            server.Command("initdb", "--pgdata", server.Data, "--no-sync", "--auth", "trust", "--username", "postgres", "--encoding", "UTF8", "--locale", "C");
            server.Command(
                "pg_ctl", "start", "--wait", "--timeout", "120", "--pgdata", server.Data, "--log", Path.Combine(directory, "log"), "--options",
                string.Create(CultureInfo.InvariantCulture, $"-p {server.Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections={maxConnections} -c superuser_reserved_connections=3 -c shared_buffers=16MB -c fsync=off {string.Join(' ', settings.Select(setting => "-c " + setting))}"));
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>What the server has written to its log so far.</summary>
    public string ReadLog()
    {
        using var reader = new StreamReader(new FileStream(Path.Combine(_directory, "log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    public void Dispose()
    {
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
        {
            Command("pg_ctl", "stop", "--wait", "--mode", "immediate", "--pgdata", Data);
        }

        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Runs SQL as the superuser.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlDataSource superuser = NpgsqlDataSource.Create(Superuser);
        await using NpgsqlCommand command = superuser.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>From now on every user but the superuser needs a password.</summary>
    public void AskForPasswords()
    {
        File.WriteAllText(Path.Combine(Data, "pg_hba.conf"), "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n");
        Command("pg_ctl", "reload", "--pgdata", Data);
    }

    /// <summary>From now on the server, and every connection opened after this, computes on these processors only (numbered from 0).</summary>
    public void KeepToProcessors(int first, int count) => ProcessorAffinity.Keep(int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture), first, count);

    private void Command(string program, params string[] arguments)
    {
        string path = Path.Combine(_binaries, program);
        (int exitCode, string output) = Environment.IsPrivilegedProcess ? Run("runuser", ["-u", "postgres", "--", path, .. arguments]) : Run(path, arguments);
        if (exitCode != 0)
            throw new InvalidOperationException($"{program} failed: {output}{(File.Exists(Path.Combine(_directory, "log")) ? ReadLog() : "")}");
    }

    private static string? FindBinaries()
    {
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> versions = Directory.Exists("/usr/lib/postgresql") ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).OrderDescending() : [];
        return versions.Concat(path).FirstOrDefault(directory => File.Exists(Path.Combine(directory, "initdb")) && File.Exists(Path.Combine(directory, "pg_ctl")));
    }

    private static (int ExitCode, string Output) Run(string program, IEnumerable<string> arguments)
    {
        // Output goes to a pipe that the server must not inherit, or reading it would last as long as the server: pg_ctl writes the server's to its log.
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        process.WaitForExit();
        return (process.ExitCode, process.ExitCode == 0 ? "" : error.Result + output.Result);
    }
}
