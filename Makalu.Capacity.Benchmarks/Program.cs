using Makalu.Capacity.Benchmarks.Accuracy;
using Makalu.Capacity.Benchmarks.Campaigns;

switch (args)
{
    case ["accuracy", ..] when CampaignAccuracyCommand.Handles(args):
        return CampaignAccuracyCommand.Run(args);
    case ["accuracy", ..]:
        return AccuracyCommand.Run(args[1..]);
    default:
        BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(System.Reflection.Assembly.GetExecutingAssembly()).Run(args);
        return 0;
}
