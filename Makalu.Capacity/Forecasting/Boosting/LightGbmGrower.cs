namespace Makalu.Capacity.Forecasting.Boosting;

/// <summary>LightGBM (Ke et al., "LightGBM: a highly efficient gradient boosting decision tree", Advances in Neural Information Processing Systems 30, 2017).</summary>
internal sealed class LightGbmGrower : ITreeGrower
{
    private const int Trees = 100;

    // One thread: sums are taken in one order, and the trees are the same bit for bit wherever they are grown. Several may be grown at once.
    private static readonly byte[] _parameters =
    [
        .. "objective=regression metric=none verbosity=-1 num_threads=1 deterministic=true force_row_wise=true seed=1 "u8,
        .. "learning_rate=0.15 num_leaves=63 min_data_in_leaf=60 max_bin=63 bin_construct_sample_cnt=20000 use_missing=false "u8,
        .. "feature_fraction=0.5 lambda_l2=1\0"u8,
    ];

    public static LightGbmGrower Instance { get; } = new();

    /// <inheritdoc/>
    public string? WhyNot { get; } = LightGbm.WhyNotLoaded() is { } message
        ? $"LightGBM, which grows the trees of 'boosting', cannot be loaded on this machine ({message}). It is there for x64 on Windows, macOS and Linux, where it needs libgomp (on Debian the package libgomp1)."
        : null;

    /// <inheritdoc/>
    public BoostedTrees Grow(BoostingExamples examples, CancellationToken cancellationToken)
    {
        using LightGbm.DatasetHandle dataset = LightGbm.CreateDataset(examples.Features, examples.Targets, _parameters);
        using LightGbm.BoosterHandle booster = LightGbm.CreateBooster(dataset, _parameters);
        bool more = true;
        for (int tree = 0; tree < Trees && more; tree++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            more = LightGbm.Update(booster);
        }

        return BoostedTrees.Parse(LightGbm.Text(booster));
    }
}
