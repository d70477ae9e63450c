using System.CommandLine;
using Makalu.Capacity.Cli.Arguments;
using Makalu.Capacity.Cli.Output;
using Makalu.Capacity.Postgres.LoadTest;

namespace Makalu.Capacity.Cli.Commands;

/// <summary><c>makalu verify</c>: puts the planned peak on a real server and compares what happens with the plan.</summary>
internal static class VerifyCommand
{
    public static Command Create(CommandConsole console)
    {
        var connection = new Option<string>("--connection") { Description = "The server, or the pooler before it: Npgsql's keywords or postgresql://user@host:5432/database. Give the password in PGPASSWORD or a password file.", HelpName = "connection", Required = true };
        var plan = new Option<string>("--plan") { Description = "The plan that recommend wrote (JSON).", HelpName = "file", Required = true };
        var output = new Option<string?>("--output", "-o") { Description = "Where to write the report (JSON); - is standard output.", HelpName = "file" };
        Option<double[]?> loads = LoadsArgument.Option("--load", "The loads to test, as fractions of the planned peak, one after the other. Default: 1,1.5.");
        DefaultedOption<TimeSpan> duration = DurationArgument.Option("--duration", "How long the peak's profile takes at each load; half of it is the peak itself.", TimeSpan.FromSeconds(60));
        var instances = new Option<int?>("--instances") { Description = "At most so many instances of each service, for a machine that cannot play all.", HelpName = "number" };
        var poolSize = new Option<int?>("--pool-size") { Description = "Pools of this size instead of the planned, to see what today's settings would do.", HelpName = "number" };
        var sleepOnly = new Option<bool>("--sleep-only") { Description = "Hold connections without computing, where the test server has fewer cores than the planned one." };
        var owns = new Option<bool>("--i-own-this-database") { Description = "Allow a server that is not on loopback. The test can take it down." };
        var seed = new Option<int>("--seed") { Description = "The same seed sends the same requests at the same times.", HelpName = "number", DefaultValueFactory = _ => 1 };
        Option<bool> verbose = VerboseOption.Create("each step of the load test: the calibration, every process with its pool and rate, what each sent and got back, what the server saw");
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print nothing but errors." };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON on standard output in place of the summary." };
        var command = new Command("verify", "Rehearses a plan on a real server: the forecast peak, arriving whether or not the server answers, through real pools of the planned sizes from a process for each instance. Exit code 3 when the plan does not hold.")
        {
            connection, plan, output, loads, duration, instances, poolSize, sleepOnly, owns, seed, json, verbose, quiet,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new VerificationOptions
            {
                ConnectionString = parsed.GetRequiredValue(connection),
                Loads = parsed.GetValue(loads) is { Length: > 0 } asked ? asked : [1, 1.5],
                Duration = duration.Of(parsed),
                MaxInstances = AtLeastOne("--instances", parsed.GetValue(instances)),
                MaxPoolSize = AtLeastOne("--pool-size", parsed.GetValue(poolSize)),
                SleepOnly = parsed.GetValue(sleepOnly),
                IOwnThisDatabase = parsed.GetValue(owns),
                Seed = parsed.GetValue(seed),
            };
            using var outputs = new OutputTransaction(console.Output);
            outputs.Protect(parsed.GetRequiredValue(plan));
            OutputFile? file = parsed.GetValue(output) is { } path ? outputs.Add(path) : null;
            OutputFile? printed = parsed.GetValue(json) && file?.Path != OutputTransaction.StandardOutput ? outputs.Add(OutputTransaction.StandardOutput) : null;
            RehearsalPlan rehearsal = RehearsalPlan.Read(parsed.GetRequiredValue(plan));
            bool talks = !parsed.GetValue(quiet);
            var run = new LoadTestRun(rehearsal, options, WorkerCommand.Start, talks ? console.Tell : _ => { }, parsed.GetValue(verbose) ? console.Error.WriteLine : null);
            VerificationReport report = await run.RunAsync(cancellationToken);
            file?.Write(stream => VerificationJson.Write(stream, report));
            printed?.Write(stream => VerificationJson.Write(stream, report));
            cancellationToken.ThrowIfCancellationRequested();
            outputs.Commit();
            if (talks)
            {
                VerificationView.Show(outputs.UsesStandardOutput ? console.Messages : console.Results, report);
            }

            if (!report.Passed)
            {
                console.TellError("the plan did not hold under load. " + string.Join(" ", report.Failures));
            }

            return report.Passed ? ExitCode.Done : ExitCode.CheckFailed;
        });
        return command;
    }

    private static int? AtLeastOne(string name, int? value)
        => value is < 1 ? throw new UsageException(FormattableString.Invariant($"{name}: {value} must be 1 or more.")) : value;
}
