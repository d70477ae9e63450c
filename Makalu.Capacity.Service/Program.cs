using System.CommandLine;
using System.Globalization;
using Makalu.Capacity.Service.Hosting;
using Makalu.Capacity.Service.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Makalu.Capacity.Service;

/// <summary>The program <c>makalu-service</c>.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        return await RunAsync(arguments, Console.Out, Console.Error);
    }

    /// <summary>Runs the program: 0 done, 1 a fault of the program, 2 bad usage, or a start that failed.</summary>
    internal static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        try
        {
            return await Create(output).Parse(arguments).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output, Error = error });
        }
        catch (Exception exception)
        {
            string? reason = StartFailure.Explain(exception);
            await error.WriteLineAsync("makalu-service: " + (reason ?? exception.ToString()));
            return reason is null ? 1 : 2;
        }
    }

    internal static RootCommand Create(TextWriter output)
    {
        var listen = new Option<string?>("--listen") { Description = "Where to listen: one or more addresses, separated by semicolons. Default http://127.0.0.1:5080, this machine only.", Recursive = true };
        var database = new Option<string?>("--database") { Description = "Where the state is kept: 'Data Source=FILE' for SQLite, 'Host=…;Database=…' for PostgreSQL. Default Data Source=makalu-service.db.", Recursive = true };
        var config = new Option<string?>("--config") { Description = "A JSON file with the section Makalu; see docs/service.md. Variables such as Makalu__Database come after it, options last.", Recursive = true };
        var root = new RootCommand("Plans capacity behind an HTTP API: services are registered, observations pushed or pulled, plans asked for.") { listen, database, config };
        root.Add(KeyCommands.Create(parsed => Read(parsed).Database, output));
        root.SetAction(async (parsed, cancellationToken) =>
        {
            await using WebApplication app = await ServiceHost.BuildAsync(Read(parsed));
            await app.RunAsync(cancellationToken);
            return 0;
        });
        return root;

        ServiceSettings Read(ParseResult parsed)
        {
            IConfigurationBuilder configuration = new ConfigurationBuilder();
            if (parsed.GetValue(config) is { } file)
                configuration.AddJsonFile(Path.GetFullPath(file), optional: false);
            ServiceSettings settings = configuration.AddEnvironmentVariables().Build().GetSection(ServiceSettings.Section).Get<ServiceSettings>() ?? new ServiceSettings();
            settings.Listen = parsed.GetValue(listen) ?? settings.Listen;
            settings.Database = parsed.GetValue(database) ?? settings.Database;
            return settings;
        }
    }
}
