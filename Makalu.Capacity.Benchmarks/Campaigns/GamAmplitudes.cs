using Makalu.Capacity.Campaigns;
using Microsoft.ML;
using Microsoft.ML.Trainers.FastTree;

namespace Makalu.Capacity.Benchmarks.Campaigns;

/// <summary>ML.NET's own generalised additive model (Microsoft.ML.FastTree), which the library does not compare: a step function for each column by boosting column after column.</summary>
internal sealed class GamAmplitudes : IAmplitudeRegression
{
    public string Name => "gam";

    public Func<float[], double> Fit(float[][] rows, double[] targets)
    {
        GamRegressionModelParameters model = AmplitudeRows.Train(rows, targets, context => context.Regression.Trainers.Gam(new GamRegressionTrainer.Options
        {
            NumberOfIterations = 950,
            LearningRate = 0.02,
            MaximumBinCountPerFeature = 63,
            MinimumExampleCountPerLeaf = AmplitudeEncoding.FewestOfASide,
            NumberOfThreads = 1,
            Seed = 1,
        }));
        double[][] bounds = [.. Enumerable.Range(0, rows[0].Length).Select(c => model.GetBinUpperBounds(c).ToArray())];
        double[][] effects = [.. Enumerable.Range(0, rows[0].Length).Select(c => model.GetBinEffects(c).ToArray())];
        return row =>
        {
            double sum = model.Bias;
            for (int c = 0; c < row.Length; c++)
            {
                int bin = 0;
                while (bin + 1 < effects[c].Length && row[c] > bounds[c][bin])
                    bin++;
                sum += effects[c].Length == 0 ? 0 : effects[c][bin];
            }

            return sum;
        };
    }
}
