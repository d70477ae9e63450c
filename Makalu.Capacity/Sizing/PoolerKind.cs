namespace Makalu.Capacity.Sizing;

/// <summary>What differs between the poolers that are planned for: PgBouncer before PostgreSQL, ProxySQL before MySQL and MariaDB.</summary>
internal static class PoolerKind
{
    public const string PgBouncer = "pgbouncer";
    public const string ProxySql = "proxysql";

    /// <summary>The pooler that speaks an engine's protocol.</summary>
    public static string For(string engine) => engine == "postgresql" ? PgBouncer : ProxySql;

    /// <summary>Its name in sentences.</summary>
    public static string Name(string kind) => kind == ProxySql ? "ProxySQL" : "PgBouncer";

    /// <summary>The setting that limits its connections to the database.</summary>
    public static string PoolSetting(string kind) => kind == ProxySql ? "max_connections in mysql_servers" : "default_pool_size";

    /// <summary>The setting that limits its clients.</summary>
    public static string ClientSetting(string kind) => kind == ProxySql ? "mysql-max_connections" : "max_client_conn";

    /// <summary>Pools of each replica: PgBouncer keeps one for each pair of database and user; ProxySQL one for each server.</summary>
    public static int Pools(SystemDescription system) => system.Database.Engine == "postgresql" ? system.Services.Max(service => service.ConnectionStrings) : 1;
}
