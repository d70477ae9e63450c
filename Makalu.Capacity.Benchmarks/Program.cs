using Makalu.Capacity.Benchmarks.Accuracy;
using Makalu.Capacity.Benchmarks.Campaigns;
using Makalu.Capacity.Benchmarks.Service;

switch (args)
{
    case ["accuracy", .. string[] rest] when !AccuracyUsage.Knows(rest):
        return 2;
    case ["accuracy", ..] when CampaignAccuracyCommand.Handles(args):
        return CampaignAccuracyCommand.Run(args);
    case ["accuracy", ..]:
        return AccuracyCommand.Run(args[1..]);
    case ["what-if", string sample, .. string[] rest]:
        WhatIfTiming.Run(sample, rest.FirstOrDefault(), rounds: 20, Console.Out);
        return 0;
    case ["campaign-fit", .. string[] runs]:
        CampaignFitTiming.Run(Console.Out, runs.Length > 0 ? int.Parse(runs[0], System.Globalization.CultureInfo.InvariantCulture) : 5);
        return 0;
    case ["service", string data]:
        return await ServiceLatency.RunAsync(data);
    default:
        BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(System.Reflection.Assembly.GetExecutingAssembly()).Run(args);
        return 0;
}
