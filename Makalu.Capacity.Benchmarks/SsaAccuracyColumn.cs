using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Makalu.Capacity.Benchmarks;

/// <summary>A figure of accuracy beside the time of an <see cref="SsaCase"/>.</summary>
public sealed class SsaAccuracyColumn(string name, string legend, Func<SsaCaseAccuracy, double> figure) : IColumn
{
    public string Id => name;

    public string ColumnName => name;

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => legend;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
        => benchmarkCase.Parameters["Case"] is SsaCase ssa ? figure(ssa.Accuracy()).ToString("G3", CultureInfo.InvariantCulture) : "";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public bool IsAvailable(Summary summary) => true;
}
