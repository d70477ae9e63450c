using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Makalu.Capacity.Service.Storage;

/// <summary>The database that holds the state: SQLite in a file, or PostgreSQL. The statements are the same for both.</summary>
internal sealed class ServiceDatabase : IAsyncDisposable
{
    private readonly DbDataSource _source;
    private readonly SemaphoreSlim _writer = new(1);

    private ServiceDatabase(DbDataSource source, bool isSqlite, string location)
    {
        _source = source;
        IsSqlite = isSqlite;
        Location = location;
    }

    public bool IsSqlite { get; }

    /// <summary>The file or server, without a secret.</summary>
    public string Location { get; }

    /// <summary>Opens nothing yet.</summary>
    /// <exception cref="ArgumentException">The connection string is not valid.</exception>
    public static ServiceDatabase Create(string connectionString)
    {
        if (connectionString.Contains("Host=", StringComparison.OrdinalIgnoreCase) || connectionString.Contains("Server=", StringComparison.OrdinalIgnoreCase))
        {
            var postgres = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "makalu-service" };
            return new ServiceDatabase(NpgsqlDataSource.Create(postgres), isSqlite: false, $"PostgreSQL {postgres.Host}, database {postgres.Database}");
        }

        var sqlite = new SqliteConnectionStringBuilder(connectionString) { Mode = SqliteOpenMode.ReadWriteCreate, ForeignKeys = true };
        string file = Path.GetFullPath(sqlite.DataSource);
        if (!File.Exists(file))
        {
            // Keys are hashed in it, and observations are nobody else's business.
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            new FileStream(file, options).Dispose();
        }

        return new ServiceDatabase(SqliteFactory.Instance.CreateDataSource(sqlite.ConnectionString), isSqlite: true, file);
    }

    /// <summary>Reads.</summary>
    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await OpenAsync(cancellationToken);
        return await read(connection);
    }

    /// <summary>Writes in one transaction; when this returns, what was written outlives the process and the machine.</summary>
    public async Task<T> WriteAsync<T>(Func<DbTransaction, Task<T>> write, CancellationToken cancellationToken)
    {
        // SQLite has one writer at a time: waiting here is fair, where waiting for its lock is not.
        if (IsSqlite)
            await _writer.WaitAsync(cancellationToken);
        try
        {
            await using DbConnection connection = await OpenAsync(cancellationToken);
            await using DbTransaction transaction = await connection.BeginTransactionAsync(IsolationLevel.Unspecified, cancellationToken);
            T result = await write(transaction);
            await transaction.CommitAsync(cancellationToken);
            return result;
        }
        finally
        {
            if (IsSqlite)
                _writer.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _writer.Dispose();
    }

    private async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        DbConnection connection = await _source.OpenConnectionAsync(cancellationToken);
        if (IsSqlite)
        {
            // FULL: a commit is on the disk before it is acknowledged, which WAL alone leaves to the next checkpoint.
            await connection.ExecuteAsync("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", cancellationToken);
        }

        return connection;
    }
}
