namespace Makalu.Capacity.Campaigns;

/// <summary>A regression of amplitudes on a row of numbers that gives one number and no distribution.</summary>
internal interface IAmplitudeRegression
{
    /// <summary>The name that reports use.</summary>
    string Name { get; }

    /// <summary>Fits, the same way at any number of threads.</summary>
    /// <param name="rows">A row for each past campaign, all of one length.</param>
    /// <param name="targets">What each came to.</param>
    /// <returns>The fitted function, safe to share between threads.</returns>
    Func<float[], double> Fit(float[][] rows, double[] targets);
}
