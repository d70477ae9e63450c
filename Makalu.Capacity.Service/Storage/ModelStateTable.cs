namespace Makalu.Capacity.Service.Storage;

/// <summary>What was chosen for each service, so that a restart need not judge again.</summary>
internal sealed class ModelStateTable(ServiceDatabase database)
{
    /// <summary>What was kept for a revision of a service's definition, and when it was judged; null where there is none, or of another version of this program.</summary>
    public async Task<(CapacityModelState State, DateTimeOffset JudgedAt)?> FindAsync(string service, long revision, CancellationToken cancellationToken)
    {
        List<(byte[] Content, long JudgedAt)> rows = await database.ReadAsync(
            connection => connection.QueryAsync(
                "SELECT content, judged_at FROM model_state WHERE service_id = (SELECT id FROM service WHERE name = @name) AND revision = @revision",
                row => ((byte[])row.GetValue(0), row.GetInt64(1)),
                cancellationToken,
                ("name", service),
                ("revision", revision)),
            cancellationToken);
        if (rows.Count == 0)
            return null;

        try
        {
            return (CapacityModelState.Load(new MemoryStream(rows[0].Content, writable: false)), DateTimeOffset.FromUnixTimeSeconds(rows[0].JudgedAt));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Keeps what was chosen in the place of what was chosen before.</summary>
    public Task PutAsync(string service, long revision, CapacityModelState state, DateTimeOffset judgedAt, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        state.Save(content);
        return database.WriteAsync(
            transaction => transaction.ExecuteAsync(
                """
                INSERT INTO model_state (service_id, revision, judged_at, content) SELECT id, @revision, @judged_at, @content FROM service WHERE name = @name
                ON CONFLICT (service_id) DO UPDATE SET revision = excluded.revision, judged_at = excluded.judged_at, content = excluded.content
                """,
                cancellationToken,
                ("name", service),
                ("revision", revision),
                ("judged_at", judgedAt.ToUnixTimeSeconds()),
                ("content", content.ToArray())),
            cancellationToken);
    }
}
