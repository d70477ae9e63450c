using Makalu.Capacity.Benchmarks.Accuracy;
using Makalu.Capacity.Benchmarks.Campaigns;

switch (args)
{
    case ["accuracy", "worldcup", string data, ..]:
        WorldCupAccuracy.Run(data, Console.Out, each: args.Contains("--each"));
        return 0;
    case ["accuracy", "pageviews", string data, ..]:
        PageviewsAccuracy.Run(data, Console.Out);
        return 0;
    case ["accuracy", ..]:
        return AccuracyCommand.Run(args[1..]);
    default:
        BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(System.Reflection.Assembly.GetExecutingAssembly()).Run(args);
        return 0;
}
