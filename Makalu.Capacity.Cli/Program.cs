using System.Globalization;
using Makalu.Capacity.Cli;

// Messages of the runtime and of System.CommandLine stay in one language, whatever the machine's.
CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;

using var interruption = new Interruption();
return await MakaluCommand.RunAsync(args, CommandConsole.OfProcess(), interruption.Token);
