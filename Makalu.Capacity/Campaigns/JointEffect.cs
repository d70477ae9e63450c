namespace Makalu.Capacity.Campaigns;

/// <summary>
/// What campaigns do together at one step. Their audiences are taken as different people, so that their requests above the baseline
/// add up, instead of one factor multiplying the other; what holds visitors back (an effect below 0) multiplies.
/// </summary>
/// <param name="Excess">The requests above the baseline, as a multiple of it.</param>
/// <param name="Reduction">The sum of the logarithms below 0.</param>
internal readonly record struct JointEffect(double Excess, double Reduction)
{
    /// <summary>The logarithm of the joint factor on the baseline.</summary>
    public double Logarithm => Math.Log(1 + Excess) + Reduction;

    /// <summary>With one more campaign.</summary>
    /// <param name="logarithm">The logarithm of its own factor.</param>
    /// <param name="unit">How much of the baseline one unit of requests is: 1 where campaigns multiply.</param>
    public JointEffect With(double logarithm, double unit = 1)
        => logarithm > 0 ? new(Excess + (unit * (Math.Exp(logarithm) - 1)), Reduction) : new(Excess, Reduction + logarithm);
}
