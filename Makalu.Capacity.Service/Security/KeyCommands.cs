using System.CommandLine;
using System.Globalization;
using Makalu.Capacity.Service.Storage;

namespace Makalu.Capacity.Service.Security;

/// <summary>The command <c>keys</c>: adds, lists, rotates and revokes API keys in the service's database, also while it runs.</summary>
internal static class KeyCommands
{
    public static Command Create(Func<ParseResult, string> connectionString, TextWriter output)
    {
        var keys = new Command("keys", "Adds, lists, rotates and revokes API keys.");
        keys.Add(Add(connectionString, output));
        keys.Add(Rotate(connectionString, output));
        keys.Add(Revoke(connectionString, output));
        keys.Add(List(connectionString, output));
        return keys;
    }

    private static Option<string> NameOption() => new("--name") { Description = "Who uses the key: 1 to 64 of a-z, 0-9, '-', '_' and '.'.", Required = true };

    private static Option<string> ScopeOption()
    {
        var scope = new Option<string>("--scope") { Description = "read: ask; write: also register services and push observations.", DefaultValueFactory = _ => ApiKey.ReadScope };
        scope.AcceptOnlyFromAmong(ApiKey.ReadScope, ApiKey.WriteScope);
        return scope;
    }

    private static Command Add(Func<ParseResult, string> connectionString, TextWriter output)
    {
        Option<string> name = NameOption();
        Option<string> scope = ScopeOption();
        var days = new Option<int?>("--expires-in-days") { Description = "After how many days the key ends by itself; default never." };
        var command = new Command("add", "Adds a key, and prints it: this is the only time that it can be read.") { name, scope, days };
        command.SetAction((parsed, cancellation) => RunAsync(connectionString(parsed), async (table, time) =>
        {
            if (!IsValid(parsed.GetValue(name)!, output))
                return 2;

            if (parsed.GetValue(days) is < 1 or > 36500)
            {
                await output.WriteLineAsync("--expires-in-days must be 1 to 36500.");
                return 2;
            }

            (ApiKey key, _) = await AddAsync(table, time, parsed.GetValue(name)!, parsed.GetValue(scope)!, parsed.GetValue(days) is int count ? time.GetUtcNow().AddDays(count) : null, cancellation);
            await output.WriteLineAsync(key.Text);
            return 0;
        }));
        return command;
    }

    private static Command Rotate(Func<ParseResult, string> connectionString, TextWriter output)
    {
        Option<string> name = NameOption();
        var hours = new Option<int>("--grace-hours") { Description = "For how many hours the keys of that name stay valid beside the new one.", DefaultValueFactory = _ => 24 };
        var command = new Command("rotate", "Adds a key of the same name and scope, prints it, and lets the earlier ones end after a grace time.") { name, hours };
        command.SetAction((parsed, cancellation) => RunAsync(connectionString(parsed), async (table, time) =>
        {
            DateTimeOffset now = time.GetUtcNow();
            KeyRow? earlier = (await table.ListAsync(cancellation)).LastOrDefault(k => k.Name == parsed.GetValue(name) && k.IsValidAt(now));
            if (earlier is null || parsed.GetValue(hours) is < 0 or > 8760)
            {
                await output.WriteLineAsync(earlier is null ? $"No key named '{parsed.GetValue(name)}' is in force. Add one: keys add." : "--grace-hours must be 0 to 8760.");
                return 2;
            }

            (ApiKey key, KeyRow row) = await AddAsync(table, time, earlier.Name, earlier.Scope, null, cancellation);
            await table.ExpireAsync(earlier.Name, row.Id, now.AddHours(parsed.GetValue(hours)), cancellation);
            await output.WriteLineAsync(key.Text);
            return 0;
        }));
        return command;
    }

    private static Command Revoke(Func<ParseResult, string> connectionString, TextWriter output)
    {
        var id = new Argument<string>("id") { Description = "The key's identifier: the part between mk_ and the next _." };
        var command = new Command("revoke", $"Ends a key; a running service refuses it within {ApiKeyRing.Delay.TotalSeconds.ToString(CultureInfo.InvariantCulture)} seconds.") { id };
        command.SetAction((parsed, cancellation) => RunAsync(connectionString(parsed), async (table, _) =>
        {
            bool revoked = await table.RevokeAsync(parsed.GetValue(id)!, cancellation);
            await output.WriteLineAsync(revoked ? "revoked" : "There is no such key in force. See: keys list.");
            return revoked ? 0 : 2;
        }));
        return command;
    }

    private static Command List(Func<ParseResult, string> connectionString, TextWriter output)
    {
        var command = new Command("list", "Lists the keys, without their secrets.");
        command.SetAction((parsed, cancellation) => RunAsync(connectionString(parsed), async (table, time) =>
        {
            foreach (KeyRow key in await table.ListAsync(cancellation))
            {
                string state = key.RevokedAt is { } revoked ? $"revoked {revoked:u}" : key.IsValidAt(time.GetUtcNow()) ? key.ExpiresAt is { } ends ? $"until {ends:u}" : "in force" : $"expired {key.ExpiresAt:u}";
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{key.Id}  {key.Scope,-5}  {key.Name}  since {key.CreatedAt:u}  {state}"));
            }

            return 0;
        }));
        return command;
    }

    private static async Task<(ApiKey Key, KeyRow Row)> AddAsync(KeyTable table, TimeProvider time, string name, string scope, DateTimeOffset? expiresAt, CancellationToken cancellationToken)
    {
        var key = ApiKey.Create();
        var row = new KeyRow(key.Id, name, key.Hash, scope, time.GetUtcNow(), expiresAt, null);
        await table.AddAsync(row, cancellationToken);
        return (key, row);
    }

    private static bool IsValid(string name, TextWriter output)
    {
        if (ServiceName.IsValid(name))
            return true;
        output.WriteLine("--name must be 1 to 64 of a-z, 0-9, '-', '_' and '.', and begin and end with a letter or digit.");
        return false;
    }

    private static async Task<int> RunAsync(string connectionString, Func<KeyTable, TimeProvider, Task<int>> run)
    {
        await using var database = ServiceDatabase.Create(connectionString);
        await Migrations.ApplyAsync(database, CancellationToken.None);
        return await run(new KeyTable(database, TimeProvider.System), TimeProvider.System);
    }
}
