using System.Runtime.InteropServices;

namespace Makalu.Capacity.Forecasting.Boosting;

/// <summary>
/// What is needed of LightGBM's C interface (version 4, <c>include/LightGBM/c_api.h</c>). The native library is the one that comes with
/// ML.NET's trainer, which itself holds a lock of the whole process while it grows trees and cannot be stopped.
/// </summary>
internal static class LightGbm
{
    private const string Library = "lib_lightgbm";
    private const int Float32 = 0;
    private static readonly byte[] _label = [.. "label\0"u8];

    /// <summary>What stands in the way of loading the native library; null where it can be loaded.</summary>
    public static string? WhyNotLoaded()
    {
        try
        {
            _ = GetLastError();
            return null;
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            // The runtime tells every path that it tried; what the library itself lacks is one of the lines.
            string[] lines = exception.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return lines.FirstOrDefault(line => line.StartsWith("lib", StringComparison.Ordinal) && !line.StartsWith(Library, StringComparison.Ordinal)) ?? lines[0].Split(". ")[0];
        }
    }

    /// <summary>A data set of dense rows.</summary>
    /// <param name="features">The rows.</param>
    /// <param name="targets">One a row.</param>
    /// <param name="parameters">What LightGBM calls parameters, as text that ends with a zero.</param>
    public static DatasetHandle CreateDataset(ReadOnlySpan<float> features, ReadOnlySpan<float> targets, byte[] parameters)
    {
        int rows = targets.Length;
        Check(DatasetCreateFromMat(in MemoryMarshal.GetReference(features), Float32, rows, features.Length / rows, isRowMajor: 1, parameters, reference: 0, out DatasetHandle dataset));
        Check(DatasetSetField(dataset, _label, in MemoryMarshal.GetReference(targets), rows, Float32));
        return dataset;
    }

    public static BoosterHandle CreateBooster(DatasetHandle dataset, byte[] parameters)
    {
        Check(BoosterCreate(dataset, parameters, out BoosterHandle booster));
        return booster;
    }

    /// <summary>Grows one more tree.</summary>
    /// <returns>Whether another can be grown.</returns>
    public static bool Update(BoosterHandle booster)
    {
        Check(BoosterUpdateOneIter(booster, out int isFinished));
        return isFinished == 0;
    }

    /// <summary>The model as LightGBM's own text format.</summary>
    public static string Text(BoosterHandle booster)
    {
        byte[] buffer = [];
        Check(BoosterSaveModelToString(booster, 0, -1, 0, 0, out long length, buffer));
        buffer = new byte[length];
        Check(BoosterSaveModelToString(booster, 0, -1, 0, length, out _, buffer));
        return System.Text.Encoding.ASCII.GetString(buffer);
    }

    private static void Check(int result)
    {
        if (result != 0)
            throw new InvalidOperationException($"LightGBM failed: {Marshal.PtrToStringUTF8(GetLastError())}");
    }

    [DllImport(Library, EntryPoint = "LGBM_GetLastError")]
    private static extern nint GetLastError();

    [DllImport(Library, EntryPoint = "LGBM_DatasetCreateFromMat")]
    private static extern int DatasetCreateFromMat(in float data, int type, int rows, int columns, int isRowMajor, byte[] parameters, nint reference, out DatasetHandle dataset);

    [DllImport(Library, EntryPoint = "LGBM_DatasetSetField")]
    private static extern int DatasetSetField(DatasetHandle dataset, byte[] field, in float values, int count, int type);

    [DllImport(Library, EntryPoint = "LGBM_DatasetFree")]
    private static extern int DatasetFree(nint dataset);

    [DllImport(Library, EntryPoint = "LGBM_BoosterCreate")]
    private static extern int BoosterCreate(DatasetHandle dataset, byte[] parameters, out BoosterHandle booster);

    [DllImport(Library, EntryPoint = "LGBM_BoosterUpdateOneIter")]
    private static extern int BoosterUpdateOneIter(BoosterHandle booster, out int isFinished);

    [DllImport(Library, EntryPoint = "LGBM_BoosterSaveModelToString")]
    private static extern int BoosterSaveModelToString(BoosterHandle booster, int firstIteration, int iterations, int importance, long size, out long length, [Out] byte[] text);

    [DllImport(Library, EntryPoint = "LGBM_BoosterFree")]
    private static extern int BoosterFree(nint booster);

    internal sealed class DatasetHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle() => DatasetFree(handle) == 0;
    }

    internal sealed class BoosterHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle() => BoosterFree(handle) == 0;
    }
}
