if (args is ["accuracy", "worldcup", string data, ..])
{
    Makalu.Capacity.Benchmarks.Campaigns.WorldCupAccuracy.Run(data, Console.Out, each: args.Contains("--each"));
    return 0;
}

if (args is ["accuracy", ..])
{
    return Makalu.Capacity.Benchmarks.Accuracy.AccuracyCommand.Run(args[1..]);
}

if (args is ["accuracy", "pageviews", string pageviews, ..])
{
    Makalu.Capacity.Benchmarks.Campaigns.PageviewsAccuracy.Run(pageviews, Console.Out);
    return;
}

BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(System.Reflection.Assembly.GetExecutingAssembly()).Run(args);
return 0;
