using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Makalu.Capacity.Service.Storage;
using Makalu.Capacity.Tests.Cli;

namespace Makalu.Capacity.Tests.Service;

/// <summary>The service as a process of its own, killed while it is being written to: all that it had acknowledged is there afterwards.</summary>
[TestClass]
public sealed class CrashTests
{
    private const int Writers = 6;
    private const int AcknowledgedBeforeKill = 120;

    [TestMethod]
    public async Task Kill_UnderLoad_LosesNoAcknowledgedObservation()
    {
        using var folder = new TemporaryFolder();
        string connection = "Data Source=" + folder["state.db"];
        string key = await ServiceProcess.OutputAsync("keys", "add", "--name", "writer", "--scope", "write", "--database", connection);
        var acknowledged = new ConcurrentDictionary<DateTimeOffset, double>();
        int kills = 0;
        for (int run = 0; run < 2; run++)
        {
            using var running = new ServiceProcess(connection, key);
            await running.WaitUntilReadyAsync();
            await RegisterAsync(running);
            int before = acknowledged.Count;
            var enough = new TaskCompletionSource();
            Task[] writers = [.. Enumerable.Range(0, Writers).Select(w => WriteAsync(running, run, w, acknowledged, () =>
            {
                if (acknowledged.Count - before >= AcknowledgedBeforeKill)
                    enough.TrySetResult();
            }))];
            Assert.AreEqual(enough.Task, await Task.WhenAny(enough.Task, Task.WhenAll(writers)), "the writers ended before the kill");

            // SIGKILL, in the middle of the others' writes.
            running.Process.Kill();
            await running.Process.WaitForExitAsync();
            kills++;
            await Task.WhenAll(writers);
        }

        await using var database = ServiceDatabase.Create(connection);
        await Migrations.ApplyAsync(database, CancellationToken.None);
        Dictionary<DateTimeOffset, double> stored = (await new ObservationTable(database, TimeProvider.System).ReadAsync("shop", 1_000_000, CancellationToken.None)).ToDictionary(o => o.At, o => o.Requests);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();

        Assert.AreEqual(2, kills);
        Assert.IsGreaterThanOrEqualTo(2 * AcknowledgedBeforeKill, acknowledged.Count);
        DateTimeOffset[] lost = [.. acknowledged.Where(a => !stored.TryGetValue(a.Key, out double requests) || requests != a.Value).Select(a => a.Key)];
        Assert.IsEmpty(lost, $"{lost.Length} of {acknowledged.Count} acknowledged observations are lost");
    }

    private static async Task WriteAsync(ServiceProcess running, int run, int writer, ConcurrentDictionary<DateTimeOffset, double> acknowledged, Action wrote)
    {
        for (int i = 0; !running.Process.HasExited; i++)
        {
            DateTimeOffset at = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays((run * 20) + (writer * 2)).AddMinutes(i);
            double requests = (run * 1e6) + (writer * 1e5) + i;
            try
            {
                string body = FormattableString.Invariant($"{{\"observations\":[{{\"timestamp\":\"{ExampleShop.Time(at)}\",\"requests\":{requests}}}]}}");
                using HttpResponseMessage response = await running.Client.PostAsync("/v1/services/shop/observations", new StringContent(body, Encoding.UTF8, "application/json"));
                if (response.StatusCode != HttpStatusCode.OK)
                    return;
                acknowledged[at] = requests;
                wrote();
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or TaskCanceledException)
            {
                return;
            }
        }
    }

    private static async Task RegisterAsync(ServiceProcess running)
    {
        string definition = ExampleShop.Definition().ToJsonString().Replace("00:15:00", "00:01:00", StringComparison.Ordinal);
        (await running.Client.PutAsync("/v1/services/shop", new StringContent(definition, Encoding.UTF8, "application/json"))).EnsureSuccessStatusCode();
    }
}
