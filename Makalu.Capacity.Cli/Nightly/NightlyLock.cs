using System.Globalization;

namespace Makalu.Capacity.Cli.Nightly;

/// <summary>Lets one run at a time write to an output folder. The system gives it back when the process ends, however it ends.</summary>
internal sealed class NightlyLock : IDisposable
{
    /// <summary>The folder of the job's own files within the output.</summary>
    public const string Folder = ".makalu";

    private readonly FileStream _file;

    private NightlyLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="UsageException">Another run holds it, or the folder cannot be written.</exception>
    public static NightlyLock Take(string output)
    {
        string path = Path.Combine(output, Folder, "lock");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"));
            file.Flush();
            return new NightlyLock(file);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new UsageException($"{output}: cannot be written: {exception.Message} Name another output, or give yourself the right to write there.", exception);
        }
        catch (IOException exception)
        {
            throw new UsageException($"{path}: another nightly run works in this folder. Wait for it, or give this one another output. ({exception.Message})", exception);
        }
    }

    public void Dispose() => _file.Dispose();
}
