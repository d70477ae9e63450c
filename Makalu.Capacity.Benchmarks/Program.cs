if (args is ["accuracy", "worldcup", string data, ..])
{
    Makalu.Capacity.Benchmarks.Campaigns.WorldCupAccuracy.Run(data, Console.Out, each: args.Contains("--each"));
    return;
}

BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(System.Reflection.Assembly.GetExecutingAssembly()).Run(args);
