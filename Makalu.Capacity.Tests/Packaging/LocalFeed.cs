using System.Security;
using Makalu.Capacity.Tests.Cli;

namespace Makalu.Capacity.Tests.Packaging;

/// <summary>Has a folder restore our packages from a local feed only, and all others from where this machine has them already.</summary>
internal static class LocalFeed
{
    public static void Use(string packages, TemporaryFolder folder)
    {
        // Ours must come from the feed, whatever an earlier run left in the machine's cache: it is offered without them.
        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string others = Directory.CreateDirectory(folder["others"]).FullName;
        foreach (string package in Directory.EnumerateDirectories(cache).Where(p => !Path.GetFileName(p).StartsWith("makalu.", StringComparison.OrdinalIgnoreCase)))
        {
            Directory.CreateSymbolicLink(Path.Combine(others, Path.GetFileName(package)), package);
        }

        folder.Write("nuget.config", $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{SecurityElement.Escape(folder["own"])}" /></config>
              <fallbackPackageFolders><clear /><add key="others" value="{SecurityElement.Escape(others)}" /></fallbackPackageFolders>
              <packageSources><add key="local" value="{SecurityElement.Escape(packages)}" /></packageSources>
              <packageSourceMapping>
                <packageSource key="local"><package pattern="Makalu.*" /></packageSource>
                <packageSource key="nuget.org"><package pattern="*" /></packageSource>
              </packageSourceMapping>
            </configuration>
            """);
    }
}
