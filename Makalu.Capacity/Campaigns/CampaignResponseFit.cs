using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;
using MathNet.Numerics.LinearAlgebra;

namespace Makalu.Capacity.Campaigns;

/// <summary>
/// Learns the response to campaigns from the deviations of the traffic from its baseline: amplitudes, profiles and the
/// amplitude model in turn, each given the others, robust to single steps.
/// </summary>
internal sealed class CampaignResponseFit
{
    private const int Passes = 6;
    private const double HuberLimit = 2.5;
    private const double SmallestAmplitude = 0.01;

    /// <summary>Steps of one half hour are told apart no better than one observation.</summary>
    private const double IndependentMinutes = 30;

    /// <summary>How strongly a profile is held smooth and to its prior at the noise below; less where the noise is smaller.</summary>
    private const double ProfileStiffness = 0.9;
    private const double ReferenceNoise = 0.15;

    private const double WeightHalfLifeDays = 28;
    private const int SettingsBetween = 8;
    private const int MostClusters = 200;

    /// <summary>Before anything was fitted, what others do at a row's step is not known.</summary>
    private const double FirstShare = 0.1;

    /// <summary>Traffic is never left below this part of what is expected when others' requests are taken off.</summary>
    private const double SmallestRest = 0.05;

    private readonly ResponseRows _rows;
    private readonly IReadOnlyList<CampaignCluster> _past;
    private readonly int[] _kindOf;
    private readonly ResponseProfile[] _profiles;
    private readonly ResponseProfile[] _priors;
    private readonly AmplitudeFeatures[] _features;
    private readonly double[] _clusterWeights;
    private readonly double[] _amplitudes;
    private readonly double[] _deviations;

    /// <summary>The standard deviation of what each row was relieved of before the fit; null where of nothing.</summary>
    private readonly double[]? _rowTakenOff;

    /// <summary>By how far each amplitude would be off with it.</summary>
    private readonly double[] _takenOff;
    private readonly double[] _expected;
    private readonly double[] _expectedVariance;
    private readonly double[] _pairValues;
    private readonly double[] _fitted;

    /// <summary>The responses as if the effects of overlapping clusters added up on the logarithm, by the last fit.</summary>
    private readonly double[] _responses;
    private readonly double[] _rowWeights;
    private readonly double _stepMinutes;
    private readonly ResponseScale[] _rowScales;

    /// <summary>How much a row that shares its step with a row of the other scale says, by the last fit: what the others do there is noise to it.</summary>
    private readonly double[] _shares;
    private double _noiseRatio = 1;

    private CampaignResponseFit(TimeSeries deviations, IReadOnlyList<CampaignCluster> past, int[] kindOf, ResponseProfile[] priors, AmplitudeFeatureSpace space, ResponseScales scales, double[]? takenOff)
    {
        _past = past;
        _kindOf = kindOf;
        _priors = priors;
        _profiles = [.. priors];
        _stepMinutes = deviations.Step.TotalMinutes;
        _rows = ResponseRows.Build(deviations, past, Array.ConvertAll(kindOf, k => priors[k]), [.. past.Select(c => scales.OfKind(c.Kind).IsAdditive)]);
        _rowScales = new ResponseScale[_rows.Count];
        _shares = new double[_rows.Count];
        _responses = new double[_rows.Count];
        for (int r = 0; r < _rows.Count; r++)
        {
            _rowScales[r] = scales.OfKind(past[_rows.PairCluster[_rows.RowPairs[r]]].Kind);
            _shares[r] = _rows.Partners[r] < 0 ? 1 : FirstShare;
            _responses[r] = _rowScales[r].Response(_rows.Deviations[r], _rows.Steps[r]);
        }

        if (takenOff is not null)
        {
            _rowTakenOff = new double[_rows.Count];
            for (int r = 0; r < _rows.Count; r++)
                _rowTakenOff[r] = Math.Abs(_rowScales[r].Response(_rows.Deviations[r] + takenOff[_rows.Steps[r]], _rows.Steps[r]) - _responses[r]);
        }

        _takenOff = new double[past.Count];
        _features = [.. past.Select(space.Of)];
        _clusterWeights = [.. past.Select(c => Math.Pow(2, -(deviations.End - c.StartsAt).TotalDays / WeightHalfLifeDays))];
        _amplitudes = new double[past.Count];
        _deviations = new double[past.Count];
        _expected = new double[past.Count];
        _expectedVariance = new double[past.Count];
        Array.Fill(_expected, 1);
        Array.Fill(_expectedVariance, 9);
        _pairValues = new double[_rows.PairCluster.Length];
        _fitted = new double[_rows.Count];
        _rowWeights = new double[_rows.Count];
        Array.Fill(_rowWeights, 1);
    }

    /// <summary>Learns from deviations of the log traffic from its log baseline, NaN where unknown, up to the origin.</summary>
    /// <param name="deviations">Log traffic less log baseline; the origin is its end.</param>
    /// <param name="calendar">The calendar.</param>
    /// <param name="prior">What is believed of amplitudes beforehand.</param>
    /// <param name="baselineDeviation">The standard deviation of the traffic around its baseline over hours, which an amplitude cannot be told from.</param>
    /// <param name="reaches">How long the responses of each kind are followed; the default for those that are missing.</param>
    /// <param name="scales">What the responses of each kind are counted in.</param>
    /// <param name="cancellationToken">Cancels the fit.</param>
    /// <param name="takenOff">For each step the standard deviation of what was taken off it beforehand, as a holiday's effect; null for nothing.</param>
    public static CampaignResponse Fit(TimeSeries deviations, CampaignCalendar calendar, AmplitudePrior prior, double baselineDeviation, IReadOnlyDictionary<string, ResponseReach> reaches, ResponseScales scales, CancellationToken cancellationToken, double[]? takenOff = null)
    {
        CampaignCluster[] past = [.. CampaignCluster.Group(calendar.Campaigns.Where(c => c.StartsAt < deviations.End)).Where(c => IsObserved(c, deviations)).TakeLast(MostClusters)];

        // Of past campaigns alone: what a planned one has in its columns must not change what was learned.
        var space = new AmplitudeFeatureSpace(new CampaignCalendar(past.SelectMany(c => c.Members)), past);
        string[] kinds = [.. past.Select(c => c.Kind).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        ResponseProfile[] priors = Array.ConvertAll(kinds, k =>
        {
            double typical = SampleQuantile.Median([.. past.Where(c => string.Equals(c.Kind, k, StringComparison.Ordinal)).Select(c => c.Duration.TotalMinutes)]);
            return ResponseProfile.Prior(typical, deviations.Step, reaches.TryGetValue(k, out ResponseReach reach) ? reach : ResponseReach.Default(typical));
        });
        int[] kindOf = Array.ConvertAll(past, c => Array.IndexOf(kinds, c.Kind));

        var fit = new CampaignResponseFit(deviations, past, kindOf, priors, space, scales, takenOff);
        AmplitudeModel shrinkage = fit.Run(prior, cancellationToken);
        var profiles = new Dictionary<string, ResponseProfile>(StringComparer.Ordinal);
        for (int k = 0; k < kinds.Length; k++)
            profiles[kinds[k]] = fit._profiles[k];
        return new CampaignResponse(deviations.Step, profiles, past, fit._amplitudes, [.. fit._deviations.Zip(fit._takenOff, (own, off) => Math.Sqrt((own * own) + (baselineDeviation * baselineDeviation) + (off * off)))], fit._clusterWeights, space, fit._features, scales, fit.Curves(deviations.End))
        {
            Model = shrinkage,
            Choice = AmplitudeComparison.NotCompared,
        };
    }

    private static bool IsObserved(CampaignCluster cluster, TimeSeries deviations)
    {
        int from = Math.Max(0, deviations.IndexOf(cluster.StartsAt));
        int to = (int)Math.Clamp(Math.Ceiling((cluster.EndsAt.AddHours(1) - deviations.Start) / deviations.Step), 0, deviations.Count);
        int needed = Math.Clamp((int)((cluster.Duration + TimeSpan.FromHours(1)) / deviations.Step / 2), 1, 3);
        for (int i = from; i < to; i++)
        {
            if (!double.IsNaN(deviations[i]) && --needed == 0)
                return true;
        }

        return false;
    }

    private AmplitudeModel Run(AmplitudePrior prior, CancellationToken cancellationToken)
    {
        AmplitudeModel model = AmplitudeModel.Fit(prior, [], []);
        if (_rows.Count == 0)
            return model;
        for (int pass = 0; pass < Passes; pass++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            EvaluateProfiles();
            EstimateAmplitudes();
            for (int kind = 0; kind < _profiles.Length; kind++)
                EstimateProfile(kind);
            EvaluateProfiles();
            EvaluateFit();
            WeighRows();

            double[]? variances = _rowTakenOff is null ? null : Array.ConvertAll(_takenOff, off => off * off);

            // What is expected of each amplitude draws it a little; the whole grid is worth its time for those to come.
            model = pass == 0 ? AmplitudeModel.Fit(prior with { Trend = 0, Recency = 0 }, _features, _amplitudes, variances)
                : pass + 1 < Passes ? model.Refit(_features, _amplitudes, variances, SettingsBetween)
                : AmplitudeModel.Fit(prior, _features, _amplitudes, variances);
            if (pass + 1 == Passes)
                break;
            for (int j = 0; j < _past.Count; j++)
            {
                AmplitudeDistribution predicted = model.Predict(_features[j]);
                _expected[j] = predicted.Mean;
                _expectedVariance[j] = Math.Max(predicted.Variance, 0.05 * 0.05);
            }
        }

        return model;
    }

    private void EvaluateProfiles()
    {
        for (int p = 0; p < _pairValues.Length; p++)
        {
            ReadOnlySpan<double> values = _profiles[_kindOf[_rows.PairCluster[p]]].Values;
            double sum = 0;
            for (int e = _rows.PairEntries[p]; e < _rows.PairEntries[p + 1]; e++)
                sum += _rows.Weights[e] * values[_rows.Knots[e]];
            _pairValues[p] = sum;
        }
    }

    private void EvaluateFit()
    {
        for (int r = 0; r < _rows.Count; r++)
        {
            double sum = 0;
            for (int p = _rows.RowPairs[r]; p < _rows.RowPairs[r + 1]; p++)
                sum += _amplitudes[_rows.PairCluster[p]] * _pairValues[p];
            double deviation = _rows.Deviations[r];
            if (_rows.Partners[r] is >= 0 and int partner)
            {
                // Requests add up: what the others brought is taken off, and the noise that stays is the larger against what is left.
                double own = Math.Exp(FittedDeviation(r)), others = Math.Exp(FittedDeviation(partner)) - 1;
                deviation = Math.Log(Math.Max(Math.Exp(deviation) - others, SmallestRest * own));
                _shares[r] = Math.Min(1, Math.Pow(own / Math.Max(own + others, SmallestRest), 2));
            }

            _fitted[r] = sum;
            _responses[r] = _rowScales[r].Response(deviation, _rows.Steps[r]) + sum - JointResponse(r);
        }
    }

    /// <summary>What the clusters of a row do together, in the row's own scale.</summary>
    private double JointResponse(int row)
    {
        var joint = default(JointEffect);
        for (int p = _rows.RowPairs[row]; p < _rows.RowPairs[row + 1]; p++)
            joint = joint.With(_amplitudes[_rows.PairCluster[p]] * _pairValues[p]);
        return joint.Logarithm;
    }

    private double FittedDeviation(int row) => _rowScales[row].Deviation(JointResponse(row), _rows.Steps[row]);

    /// <summary>All amplitudes at once, by ridge regression towards what the amplitude model expects of each.</summary>
    private void EstimateAmplitudes()
    {
        int n = _past.Count;
        double spread = MedianAbsoluteResidual();
        double variance = Math.Max(1e-4, spread * spread * 2.2) * Math.Max(1, IndependentMinutes / _stepMinutes);
        var precision = new double[n * n];
        var solution = new double[n];
        Array.Clear(_takenOff);
        for (int r = 0; r < _rows.Count; r++)
        {
            double weight = _shares[r] * _rowWeights[r] / variance;
            for (int p = _rows.RowPairs[r]; p < _rows.RowPairs[r + 1]; p++)
            {
                int j = _rows.PairCluster[p];
                double weighted = weight * _pairValues[p];
                solution[j] += weighted * _responses[r];
                _takenOff[j] += _rowTakenOff is null ? 0 : weighted * _rowTakenOff[r];
                for (int q = _rows.RowPairs[r]; q < _rows.RowPairs[r + 1]; q++)
                    precision[(j * n) + _rows.PairCluster[q]] += weighted * _pairValues[q];
            }
        }

        for (int j = 0; j < n; j++)
        {
            precision[(j * n) + j] += 1 / _expectedVariance[j];
            solution[j] += _expected[j] / _expectedVariance[j];
        }

        if (!CholeskyFactorisation.TryFactorise(precision, n, n))
            throw new InvalidOperationException("The precision of the amplitudes is not positive definite.");
        CholeskyFactorisation.Solve(precision, n, n, solution);

        // The hours of a holiday lie together above or below what was expected: what all rows were relieved of is off the same way.
        if (_rowTakenOff is not null)
            CholeskyFactorisation.Solve(precision, n, n, _takenOff);
        double[] variances = CholeskyFactorisation.InverseDiagonal(precision, n, n);
        for (int j = 0; j < n; j++)
        {
            _amplitudes[j] = Math.Max(solution[j], SmallestAmplitude);
            _deviations[j] = Math.Sqrt(variances[j]);
        }
    }

    /// <summary>The profile of one kind by weighted least squares, smooth and drawn to the prior profile, then scaled to a maximum of 1.</summary>
    private void EstimateProfile(int kind)
    {
        ResponseProfile prior = _priors[kind];
        int n = prior.Knots.Length;
        var normal = Matrix<double>.Build.Dense(n, n);
        var right = Vector<double>.Build.Dense(n);
        var knots = new int[64];
        var basis = new double[64];
        double perFiveMinutes = Math.Min(1, _stepMinutes / 5);
        double heaviest = 0;
        for (int j = 0; j < _past.Count; j++)
            heaviest = _kindOf[j] == kind ? Math.Max(heaviest, _clusterWeights[j]) : heaviest;
        for (int r = 0; r < _rows.Count; r++)
        {
            int count = 0;
            double others = 0, weight = 0;
            for (int p = _rows.RowPairs[r]; p < _rows.RowPairs[r + 1]; p++)
            {
                int j = _rows.PairCluster[p];
                if (_kindOf[j] != kind)
                {
                    others += _amplitudes[j] * _pairValues[p];
                    continue;
                }

                weight = Math.Max(weight, _clusterWeights[j]);
                for (int e = _rows.PairEntries[p]; e < _rows.PairEntries[p + 1]; e++)
                {
                    if (count == knots.Length)
                    {
                        Array.Resize(ref knots, 2 * count);
                        Array.Resize(ref basis, 2 * count);
                    }

                    knots[count] = _rows.Knots[e];
                    basis[count++] = _amplitudes[j] * _rows.Weights[e];
                }
            }

            weight *= _shares[r] * _rowWeights[r] * perFiveMinutes / heaviest;
            for (int a = 0; a < count; a++)
            {
                double weighted = weight * basis[a];
                right[knots[a]] += weighted * (_responses[r] - others);
                for (int b = 0; b < count; b++)
                    normal[knots[a], knots[b]] += weighted * basis[b];
            }
        }

        double meanSquare = 0;
        int members = 0;
        for (int j = 0; j < _past.Count; j++)
        {
            if (_kindOf[j] == kind)
            {
                meanSquare += _amplitudes[j] * _amplitudes[j];
                members++;
            }
        }

        double stiffness = ProfileStiffness * _noiseRatio * meanSquare / members;
        AddSmoothness(normal, prior.Knots, stiffness);
        for (int k = 0; k < n; k++)
        {
            normal[k, k] += stiffness;
            right[k] += stiffness * prior.Values[k];
        }

        double[] values = normal.Cholesky().Solve(right).ToArray();
        double peak = LargestObserved(kind, values);
        if (!(peak > 0.05))
            return;
        for (int k = 0; k < n; k++)
            values[k] /= peak;
        _profiles[kind] = prior.With(values);
        for (int j = 0; j < _past.Count; j++)
        {
            if (_kindOf[j] == kind)
                _amplitudes[j] *= peak;
        }
    }

    /// <summary>The largest value at an observed step: knots that lie between steps may overshoot.</summary>
    private double LargestObserved(int kind, double[] values)
    {
        double largest = 0;
        for (int p = 0; p < _pairValues.Length; p++)
        {
            if (_kindOf[_rows.PairCluster[p]] != kind)
                continue;
            double sum = 0;
            for (int e = _rows.PairEntries[p]; e < _rows.PairEntries[p + 1]; e++)
                sum += _rows.Weights[e] * values[_rows.Knots[e]];
            largest = Math.Max(largest, sum);
        }

        return largest;
    }

    /// <summary>Penalises second differences, taken as if the knots had their local mean distance.</summary>
    private static void AddSmoothness(Matrix<double> normal, ReadOnlySpan<double> knots, double strength)
    {
        Span<double> difference = stackalloc double[3];
        for (int k = 1; k + 1 < knots.Length; k++)
        {
            double left = knots[k] - knots[k - 1], right = knots[k + 1] - knots[k];
            double mean = (left + right) / 2;
            difference[0] = mean / left;
            difference[2] = mean / right;
            difference[1] = -difference[0] - difference[2];
            for (int a = 0; a < 3; a++)
            {
                for (int b = 0; b < 3; b++)
                    normal[k - 1 + a, k - 1 + b] += strength * difference[a] * difference[b];
            }
        }
    }

    private double MedianAbsoluteResidual()
    {
        var residuals = new double[_rows.Count];
        for (int r = 0; r < residuals.Length; r++)
            residuals[r] = Math.Abs(_responses[r] - _fitted[r]);
        return SampleQuantile.Median(residuals);
    }

    private void WeighRows()
    {
        double scale = (1.4826 * MedianAbsoluteResidual()) + 1e-6;
        _noiseRatio = Math.Clamp(scale * scale / (ReferenceNoise * ReferenceNoise), 0.02, 1);
        for (int r = 0; r < _rowWeights.Length; r++)
            _rowWeights[r] = 1 / Math.Max(1, Math.Abs(_responses[r] - _fitted[r]) / (HuberLimit * scale));
    }

    /// <summary>What a row left over on the logarithm of the traffic, where the noise is added.</summary>
    private double ResidualOf(int row)
    {
        if (_rows.Partners[row] is >= 0 and int partner)
            return _rows.Deviations[row] - Math.Log(Math.Max(Math.Exp(FittedDeviation(row)) + Math.Exp(FittedDeviation(partner)) - 1, SmallestRest));
        double left = _responses[row] - _fitted[row];
        if (!_rowScales[row].IsAdditive)
            return left;
        double observed = _rowScales[row].Response(_rows.Deviations[row], _rows.Steps[row]);
        return _rowScales[row].Deviation(observed, _rows.Steps[row]) - _rowScales[row].Deviation(observed - left, _rows.Steps[row]);
    }

    private ResidualCurve?[] Curves(DateTimeOffset origin)
    {
        var times = new List<double>[_past.Count];
        var residuals = new List<double>[_past.Count];
        for (int j = 0; j < _past.Count; j++)
        {
            times[j] = [];
            residuals[j] = [];
        }

        for (int r = 0; r < _rows.Count; r++)
        {
            for (int p = _rows.RowPairs[r]; p < _rows.RowPairs[r + 1]; p++)
            {
                int j = _rows.PairCluster[p];
                times[j].Add(_rows.PairTime[p]);
                residuals[j].Add(ResidualOf(r));
            }
        }

        var curves = new ResidualCurve?[_past.Count];
        for (int j = 0; j < curves.Length; j++)
        {
            bool ended = _past[j].EndsAt.AddHours(1) <= origin;
            if (ended && times[j].Count > 3)
                curves[j] = new ResidualCurve(_past[j].Kind, [.. times[j]], [.. residuals[j]]);
        }

        return curves;
    }
}
