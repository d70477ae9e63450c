using Makalu.Capacity.Forecasting.Boosting;

namespace Makalu.Capacity.Tests.Forecasting;

/// <summary>Skips, visibly, what cannot run on a machine where LightGBM cannot be loaded.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
internal sealed class RequiresLightGbmAttribute : ConditionBaseAttribute
{
    public RequiresLightGbmAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = LightGbmGrower.Instance.WhyNot;

    public override string GroupName => "LightGBM";

    public override bool IsConditionMet => LightGbmGrower.Instance.WhyNot is null;
}
