using System.CommandLine;
using Makalu.Capacity.Cli.Arguments;
using Makalu.Capacity.Cli.Output;
using Makalu.Capacity.Postgres;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Cli.Commands;

/// <summary><c>makalu inspect</c>: from a live server to a system description.</summary>
internal static class InspectCommand
{
    public static Command Create(CommandConsole console)
    {
        var connection = new Option<string>("--connection") { Description = "The PostgreSQL server: Npgsql's keywords or postgresql://user@host:5432/database. Give the password in PGPASSWORD or a password file.", HelpName = "connection", Required = true };
        var pooler = new Option<string?>("--pgbouncer") { Description = "The admin console of PgBouncer, written likewise.", HelpName = "connection" };
        var output = new Option<string>("--output", "-o") { Description = "Where to write the system description (JSON); - is standard output.", HelpName = "file", Required = true };
        DefaultedOption<TimeSpan> watch = DurationArgument.Option("--watch", "For how long to watch the activity.", TimeSpan.FromSeconds(10));
        var services = new Option<string[]>("--service") { Description = "An application name (or a user, where clients give none) that is a service; repeat it for several. Default: all that are not known as tools.", HelpName = "name" };
        var cores = new Option<double?>("--cpu-cores") { Description = "The server's processor cores, where it does not tell them.", HelpName = "number" };
        var memory = new Option<string?>("--memory") { Description = "The server's memory, where it does not tell it, for example 32GiB.", HelpName = "size" };
        Option<bool> verbose = VerboseOption.Create("each query and what it gave: what the user may see, every application with its connections, transactions, and the pooler's pools");
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print nothing but errors." };

        var json = new Option<bool>("--json") { Description = "Print the system description on standard output as well." };
        var command = new Command("inspect", "Reads a live PostgreSQL (and PgBouncer) into a system description for recommend. It reads only, with one connection; the role pg_monitor is enough.")
        {
            connection, pooler, output, watch, services, cores, memory, json, verbose, quiet,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string? size = parsed.GetValue(memory);
            long bytes = 0;
            if (size is not null && !ByteSize.TryParse(size, out bytes))
                throw new UsageException($"--memory: '{size}' is not a size. Write a number and its unit, for example 32GiB.");

            var options = new InspectionOptions
            {
                Watch = watch.Of(parsed),
                Services = parsed.GetValue(services) ?? [],
                CpuCores = parsed.GetValue(cores),
                MemoryBytes = size is null ? null : bytes,
            };
            using var outputs = new OutputTransaction(console.Output);
            OutputFile file = outputs.Add(parsed.GetRequiredValue(output));
            OutputFile? printed = parsed.GetValue(json) && file.Path != OutputTransaction.StandardOutput ? outputs.Add(OutputTransaction.StandardOutput) : null;
            var inspector = new DatabaseInspector(parsed.GetRequiredValue(connection));
            Action<string>? tell = parsed.GetValue(verbose) ? console.Error.WriteLine : null;
            PoolerInspection? inspectedPooler = parsed.GetValue(pooler) is { } text ? await new PoolerInspector(text).InspectAsync(tell, cancellationToken) : null;
            bool talks = !parsed.GetValue(quiet);
            if (talks)
            {
                console.Tell(FormattableString.Invariant($"Watching for {options.Watch.TotalSeconds:0.#} s …"));
            }

            DatabaseInspection database = await Inspect(inspector, options, tell, cancellationToken);
            file.Write(stream => InspectedSystem.Write(stream, database, inspectedPooler));
            printed?.Write(stream => InspectedSystem.Write(stream, database, inspectedPooler));
            cancellationToken.ThrowIfCancellationRequested();
            outputs.Commit();
            if (talks)
            {
                Tell(console, database, inspectedPooler, file.Path);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<DatabaseInspection> Inspect(DatabaseInspector inspector, InspectionOptions options, Action<string>? tell, CancellationToken cancellationToken)
    {
        try
        {
            return await inspector.InspectAsync(options, tell, cancellationToken);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(exception.Message, exception);
        }
    }

    private static void Tell(CommandConsole console, DatabaseInspection database, PoolerInspection? pooler, string path)
    {
        console.Tell(FormattableString.Invariant($"PostgreSQL {database.Version}: max_connections {database.MaxConnections} ({database.SuperuserReserved} + {database.Reserved} reserved, {database.OtherConnections} others), shared_buffers {ByteSize.Format(database.SharedBuffersBytes)}, {database.Standbys} standbys."));
        foreach (InspectedService service in database.Services)
        {
            string held = service.DatabaseTimeMean is { } mean ? FormattableString.Invariant($"held for {mean.TotalMilliseconds:0.###} ms") : "time held unknown";
            console.Tell(FormattableString.Invariant($"{service.Name}: {service.Instances} client addresses, up to {service.Connections} connections ({service.LargestPool} from one address), {service.BusyConnections:0.##} busy, {held}."));
        }

        if (pooler is not null)
        {
            console.Tell(FormattableString.Invariant($"PgBouncer {pooler.Version}: {pooler.Mode} mode, pools of {pooler.PoolSize} + {pooler.ReservePoolSize}, max_client_conn {pooler.MaxClientConnections}."));
        }

        if (database.Observed.IdleInTransaction > 0)
        {
            console.Tell(FormattableString.Invariant($"{database.Observed.IdleInTransaction} connections were idle within a transaction for longer than a minute: look for leaks before capacity."));
        }

        foreach (string note in database.Notes.Concat(pooler?.Notes ?? []))
        {
            console.Tell("note: " + note);
        }

        console.Tell($"Wrote {path}.");
    }
}
