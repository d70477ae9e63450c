using MathNet.Numerics.Distributions;

namespace Makalu.Capacity.Campaigns;

/// <summary>
/// Compares amplitude models by rolling origin over the past campaigns: each is fitted to the campaigns before, forecasts the next
/// few, and is judged on what they came to. The shrinkage regression is left only for a model that is clearly better.
/// </summary>
internal sealed class AmplitudeComparison
{
    internal const string Shrinkage = "shrinkage";

    /// <summary>Fewer campaigns do not tell a better model from a lucky one.</summary>
    internal const int FewestJudged = 24;
    private const int FewestFitted = 12;
    private const int Folds = 6;

    /// <summary>The challenger's loss must be lower by a tenth, and by twice the standard error of the difference.</summary>
    private const double NeededGain = 0.1;
    private const double NeededStandardErrors = 2;

    /// <summary>So many campaigns' worth of belief that a challenger is off as far as the shrinkage regression expects to be.</summary>
    private const double SpreadDegreesOfFreedom = 4;

    private readonly AmplitudePrior _prior;
    private readonly AmplitudeFeatures[] _past;
    private readonly double[] _amplitudes;
    private readonly int _first;
    private readonly AmplitudeModel[] _shrinkage;

    private AmplitudeComparison(AmplitudePrior prior, AmplitudeFeatures[] past, double[] amplitudes, double[]? variances)
    {
        _prior = prior;
        _past = past;
        _amplitudes = amplitudes;
        _first = FirstJudged(past.Length);
        _shrinkage = [.. Enumerable.Range(0, Folds).Select(f => AmplitudeModel.Fit(prior, past.AsSpan(0, Fold(f)), amplitudes.AsSpan(0, Fold(f)), variances?[..Fold(f)]))];
    }

    /// <summary>The regressions that challenge the shrinkage regression.</summary>
    public static IReadOnlyList<IAmplitudeRegression> Challengers { get; } = [new BoostedTreeAmplitudes("additive-trees", 2, 120), new BoostedTreeAmplitudes("boosted-trees", 4, 60)];

    /// <summary>What is told where nothing was compared.</summary>
    public static AmplitudeChoice NotCompared { get; } = new() { Chosen = Shrinkage, Reason = "The shrinkage regression, which was compared with no other." };

    private int Judged => _past.Length - _first;

    /// <summary>Chooses; with too few campaigns the shrinkage regression without comparing.</summary>
    /// <param name="prior">What is believed beforehand.</param>
    /// <param name="past">The past campaigns, by start.</param>
    /// <param name="amplitudes">What they came to.</param>
    /// <param name="variances">By how much more uncertain each is than scatter tells; none if null.</param>
    /// <param name="fitted">The shrinkage regression of all of them.</param>
    /// <param name="challengers">The regressions to compare it with.</param>
    /// <param name="cancellationToken">Cancels the comparison.</param>
    public static (IAmplitudeModel Model, AmplitudeChoice Choice) Choose(AmplitudePrior prior, AmplitudeFeatures[] past, double[] amplitudes, double[]? variances, AmplitudeModel fitted, IReadOnlyList<IAmplitudeRegression> challengers, CancellationToken cancellationToken)
    {
        if (past.Length - FirstJudged(past.Length) < FewestJudged)
        {
            int needed = Enumerable.Range(past.Length, FewestJudged + (2 * FewestFitted)).First(n => n - FirstJudged(n) >= FewestJudged);
            return (fitted, new AmplitudeChoice
            {
                Chosen = Shrinkage,
                Reason = FormattableString.Invariant($"The shrinkage regression, which is compared with others once {needed} campaigns are past; there are {past.Length}."),
            });
        }

        return new AmplitudeComparison(prior, past, amplitudes, variances).Choose(fitted, challengers, cancellationToken);
    }

    private static int FirstJudged(int campaigns) => Math.Max(FewestFitted, campaigns / 3);

    /// <summary>The mean loss of a normal forecast (Gneiting and Raftery 2007, equation 21).</summary>
    internal static double Loss(double mean, double deviation, double actual)
    {
        double z = (actual - mean) / deviation;
        return deviation * ((z * ((2 * Normal.CDF(0, 1, z)) - 1)) + (2 * Normal.PDF(0, 1, z)) - (1 / Math.Sqrt(Math.PI)));
    }

    private int Fold(int fold) => _first + (Judged * fold / Folds);

    private (IAmplitudeModel Model, AmplitudeChoice Choice) Choose(AmplitudeModel fitted, IReadOnlyList<IAmplitudeRegression> challengers, CancellationToken cancellationToken)
    {
        AmplitudeDistribution[] expected = [.. Enumerable.Range(0, Folds).SelectMany(f => _past[Fold(f)..Fold(f + 1)].Select(_shrinkage[f].Predict))];
        Score own = ScoreOf(Shrinkage, expected);
        var scores = new List<Score> { own };
        IAmplitudeModel model = fitted;
        Score best = own;
        string missing = "";
        foreach (IAmplitudeRegression challenger in challengers)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                Score score = ScoreOf(challenger, expected, out double spread);
                scores.Add(score);
                if (score.IsClearlyBelow(own) && score.Mean < best.Mean)
                {
                    model = RegressionAmplitudeModel.Fit(challenger, _prior, fitted, _past, _amplitudes, spread);
                    best = score;
                }
            }
            catch (DllNotFoundException)
            {
                // LightGBM is native code that exists for x64 alone and needs libgomp.
                missing = FormattableString.Invariant($" ML.NET's trees, native code for x64 that needs libgomp, do not run here and were not compared.");
            }
        }

        Score[] order = [.. scores.OrderBy(s => s.Mean)];
        string reason = best != own
            ? FormattableString.Invariant($"'{best.Model}' told {Judged} past campaigns beforehand with a loss {(1 - (best.Mean / own.Mean)) * 100:0} % below that of the shrinkage regression.")
            : order[0] == own
                ? FormattableString.Invariant($"The shrinkage regression told {Judged} past campaigns beforehand best.")
                : FormattableString.Invariant($"The shrinkage regression: '{order[0].Model}' was ahead by {(1 - (order[0].Mean / own.Mean)) * 100:0} % on {Judged} past campaigns, which is not clear evidence.");
        return (model, new AmplitudeChoice
        {
            Chosen = best.Model,
            Reason = reason + missing,
            Judged = Judged,
            Candidates = Array.ConvertAll(order, s => new AmplitudeAccuracy(s.Model, s.Error, s.Mean)),
        });
    }

    private Score ScoreOf(IAmplitudeRegression challenger, AmplitudeDistribution[] expected, out double spread)
    {
        double squares = SpreadDegreesOfFreedom, degrees = SpreadDegreesOfFreedom;
        var forecasts = new AmplitudeDistribution[Judged];
        for (int fold = 0; fold < Folds; fold++)
        {
            RegressionAmplitudeModel model = RegressionAmplitudeModel.Fit(challenger, _prior, _shrinkage[fold], _past.AsSpan(0, Fold(fold)), _amplitudes.AsSpan(0, Fold(fold)), Math.Sqrt(squares / degrees));
            for (int k = Fold(fold); k < Fold(fold + 1); k++)
                forecasts[k - _first] = model.Predict(_past[k]);
            for (int k = Fold(fold); k < Fold(fold + 1); k++)
            {
                double error = _amplitudes[k] - forecasts[k - _first].Mean;
                squares += error * error / Math.Max(expected[k - _first].Variance, 1e-6);
                degrees++;
            }
        }

        spread = Math.Sqrt(squares / degrees);
        return ScoreOf(challenger.Name, forecasts);
    }

    private Score ScoreOf(string model, AmplitudeDistribution[] forecasts)
    {
        var losses = new double[Judged];
        double error = 0;
        for (int i = 0; i < losses.Length; i++)
        {
            losses[i] = Loss(forecasts[i].Mean, Math.Sqrt(Math.Max(forecasts[i].Variance, 1e-6)), _amplitudes[_first + i]);
            error += Math.Abs(forecasts[i].Mean - _amplitudes[_first + i]) / losses.Length;
        }

        return new Score(model, losses, error);
    }

    private sealed record Score(string Model, double[] Losses, double Error)
    {
        public double Mean { get; } = Losses.Average();

        public bool IsClearlyBelow(Score other)
        {
            double gain = other.Mean - Mean, squares = 0;
            for (int i = 0; i < Losses.Length; i++)
            {
                double difference = other.Losses[i] - Losses[i] - gain;
                squares += difference * difference;
            }

            double standardError = Math.Sqrt(squares / (Losses.Length - 1) / Losses.Length);
            return gain >= NeededGain * other.Mean && gain >= NeededStandardErrors * standardError;
        }
    }
}
