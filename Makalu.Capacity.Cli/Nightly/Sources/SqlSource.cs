using System.Globalization;
using Makalu.Capacity.Series;
using Npgsql;

namespace Makalu.Capacity.Cli.Nightly.Sources;

/// <summary>A query on PostgreSQL with the columns <c>timestamp</c>, <c>requests</c> and, if it has it, <c>peak_rps</c>.</summary>
/// <remarks>The session is read-only, and the connection string comes from the environment, so that no password lies in the configuration.</remarks>
internal sealed class SqlSource(string connectionVariable, string query, TimeSpan? step) : IHistorySource
{
    private const int TimeoutSeconds = 120;

    public async Task<RequestHistory> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        string connectionString = Environment.GetEnvironmentVariable(connectionVariable) is { Length: > 0 } value
            ? value
            : throw new HistorySourceException($"The environment variable {connectionVariable} is not set. Put the connection string there.");
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString)
            {
                ApplicationName = "makalu nightly",
                Pooling = false,
                PersistSecurityInfo = false,
                CommandTimeout = TimeoutSeconds,
                Options = string.Create(CultureInfo.InvariantCulture, $"-c default_transaction_read_only=on -c statement_timeout={TimeoutSeconds}s"),
            };
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using var command = new NpgsqlCommand(query, connection);
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            return (await ReadAsync(reader, cancellationToken).ConfigureAwait(false)).Build($"the query of {connectionVariable}", step);
        }
        catch (Exception exception) when (exception is NpgsqlException or ArgumentException or InvalidCastException)
        {
            // The messages of Npgsql name host, database and user, never the password.
            throw new HistorySourceException($"The query of {connectionVariable} failed: {exception.Message}", exception);
        }
    }

    private async Task<RowHistory> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        string[] columns = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
        int time = Array.IndexOf(columns, "timestamp"), requests = Array.IndexOf(columns, "requests"), peak = Array.IndexOf(columns, "peak_rps");
        if (time < 0 || requests < 0)
        {
            throw new HistorySourceException($"The query of {connectionVariable} gives the columns {string.Join(", ", columns)}; it needs timestamp and requests. Name them with AS.");
        }

        var rows = new RowHistory(peak >= 0);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (await reader.IsDBNullAsync(requests, cancellationToken).ConfigureAwait(false))
            {
                continue;
            }

            // A time without a zone is taken as UTC, as everywhere else.
            DateTime start = DateTime.SpecifyKind(reader.GetDateTime(time), DateTimeKind.Utc);
            double? busiest = peak < 0 || await reader.IsDBNullAsync(peak, cancellationToken).ConfigureAwait(false) ? null : Number(reader, peak);
            rows.Add(new DateTimeOffset(start), Number(reader, requests), busiest);
        }

        return rows;
    }

    private static double Number(NpgsqlDataReader reader, int column) => Convert.ToDouble(reader.GetValue(column), CultureInfo.InvariantCulture);
}
