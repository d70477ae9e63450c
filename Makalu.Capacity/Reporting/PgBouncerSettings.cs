using System.Globalization;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Reporting;

/// <summary>The settings of PgBouncer that the plan decides: the same file for each replica.</summary>
internal static class PgBouncerSettings
{
    public static ConfigurationFile Write(CapacityPlan plan, PoolerPlan pooler)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        text.WriteLine($"; PgBouncer, the same for each of {pooler.Replicas} {(pooler.Replicas == 1 ? "replica" : "replicas")}.");
        text.WriteLine($"; {PlanSummary.Of(plan).Headline}");
        text.WriteLine("; If you have a file already, take over the lines under 'Planned' into its section [pgbouncer]; do not repeat the section's");
        text.WriteLine("; name, which would set everything before it back to the defaults.");
        text.WriteLine("[databases]");
        text.WriteLine("; The address of your database.");
        text.WriteLine("* = host=database.example port=5432");
        text.WriteLine();
        text.WriteLine("[pgbouncer]");
        text.WriteLine("; Where services connect, and who may: fit these to your machines.");
        text.WriteLine("listen_addr = *");
        text.WriteLine("listen_port = 6432");
        text.WriteLine("auth_type = scram-sha-256");
        text.WriteLine("auth_file = /etc/pgbouncer/userlist.txt");
        text.WriteLine();
        text.WriteLine("; Planned");
        text.WriteLine(pooler.Mode == "transaction"
            ? "; A connection is held for a transaction only: session state (SET, LISTEN, advisory locks) does not survive it."
            : "; A connection is held as long as its client stays: the pool must hold as many as there are clients at once.");
        text.WriteLine($"pool_mode = {pooler.Mode}");
        text.WriteLine("; Connections to the database for each pair of user and database.");
        text.WriteLine($"default_pool_size = {pooler.PoolSize}");
        text.WriteLine("; Used when a client has waited longer than reserve_pool_timeout (seconds).");
        text.WriteLine($"reserve_pool_size = {pooler.ReservePoolSize}");
        text.WriteLine("reserve_pool_timeout = 1");
        text.WriteLine("; The limit of this replica whatever the number of users: max_connections is planned with it.");
        text.WriteLine($"max_db_connections = {pooler.Pools * (pooler.PoolSize + pooler.ReservePoolSize)}");
        text.WriteLine("; All pools of the services, should they all open at once.");
        text.WriteLine($"max_client_conn = {pooler.MaxClientConnections}");
        return new ConfigurationFile("pgbouncer.ini", text.ToString(), "the pooler's settings");
    }
}
