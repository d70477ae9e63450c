using System.Runtime.InteropServices;

namespace Makalu.Capacity.Service.Storage;

/// <summary>Forecasts as they were given out, the last few of each service.</summary>
internal sealed class IssuedForecastTable(ServiceDatabase database)
{
    private const int Kept = 3;

    /// <summary>The forecasts of a service, the latest first.</summary>
    public Task<List<IssuedForecast>> ListAsync(string service, CancellationToken cancellationToken)
        => database.ReadAsync(
            connection => connection.QueryAsync(
                "SELECT origin, step, medians, p95s FROM issued_forecast WHERE service_id = (SELECT id FROM service WHERE name = @name) ORDER BY origin DESC",
                row => new IssuedForecast(DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(0)), TimeSpan.FromSeconds(row.GetInt64(1)), Floats((byte[])row.GetValue(2)), Floats((byte[])row.GetValue(3))),
                cancellationToken,
                ("name", service)),
            cancellationToken);

    /// <summary>Keeps a forecast, and drops those that are too old to be scored.</summary>
    public Task AddAsync(string service, IssuedForecast forecast, CancellationToken cancellationToken)
        => database.WriteAsync(
            async transaction =>
            {
                long id = await transaction.ScalarAsync<long>("SELECT id FROM service WHERE name = @name", cancellationToken, ("name", service));
                if (id == 0)
                    return 0;

                await transaction.ExecuteAsync(
                    "INSERT INTO issued_forecast (service_id, origin, step, medians, p95s) VALUES (@id, @origin, @step, @medians, @p95s) ON CONFLICT (service_id, origin) DO NOTHING",
                    cancellationToken,
                    ("id", id),
                    ("origin", forecast.Origin.ToUnixTimeSeconds()),
                    ("step", (long)forecast.Step.TotalSeconds),
                    ("medians", MemoryMarshal.AsBytes<float>(forecast.Medians).ToArray()),
                    ("p95s", MemoryMarshal.AsBytes<float>(forecast.P95s).ToArray()));
                return await transaction.ExecuteAsync(
                    "DELETE FROM issued_forecast WHERE service_id = @id AND origin NOT IN (SELECT origin FROM issued_forecast WHERE service_id = @id ORDER BY origin DESC LIMIT @kept)",
                    cancellationToken,
                    ("id", id),
                    ("kept", (long)Kept));
            },
            cancellationToken);

    private static float[] Floats(byte[] bytes) => MemoryMarshal.Cast<byte, float>(bytes).ToArray();
}
