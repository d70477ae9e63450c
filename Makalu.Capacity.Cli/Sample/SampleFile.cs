namespace Makalu.Capacity.Cli.Sample;

/// <summary>A file of the sample.</summary>
/// <param name="Path">Its name relative to the output directory, with <c>/</c>; gzip where it ends in <c>.gz</c>.</param>
/// <param name="Write">Writes its content, before compression.</param>
internal sealed record SampleFile(string Path, Action<Stream> Write);
