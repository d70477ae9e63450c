using System.Text.Json;
using System.Text.Json.Serialization;

namespace Makalu.Capacity.Reporting;

[JsonSerializable(typeof(BacktestDocument))]
internal sealed partial class BacktestJsonContext : JsonSerializerContext
{
    /// <summary>The rules of every JSON file.</summary>
    public static BacktestJsonContext Backtest { get; } = new(new JsonSerializerOptions(PlanJsonContext.Plan.Options) { TypeInfoResolver = null });
}
