namespace Makalu.Capacity.Forecasting;

/// <summary>
/// Where the weekly level goes from the origin: a Gaussian process, a regression on trend and year, and past years with the
/// difference of the levels fading or staying, weighed by how well each forecast the past three years from every second week
/// (Bates and Granger, Operational Research Quarterly 20, 1969), for near and far weeks apart. The spread is the process's own,
/// scaled to what the combination erred by.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class WeeklyLevelModel
{
    private const double FadingHalfLifeWeeks = 60 / 7.0;
    private const int WeeksBetweenOrigins = 2;
    private const int OriginWeeks = 156;
    private const int FewestWeeks = 78;
    private const int JudgedWeeks = 26;

    /// <summary>Weights go with the error to this power: one forecaster that is twice as wrong as the others is all but left out.</summary>
    private const double Sharpness = 6;

    /// <summary>How many errors the process's own variance counts as, when it is scaled to the errors made.</summary>
    private const double VarianceEvidence = 8;

    private const double ErrorLimit = 3;
    private const double SmallestError = 1e-6;

    /// <summary>Weeks from which on the weights are others.</summary>
    private static readonly int[] _bounds = [0, 2, 5, 13];

    /// <summary>What <see cref="Members"/> returns, in its order.</summary>
    private static readonly string[] _names = ["Gaussian process", "trend and year", "past years with the level's difference fading", "past years with it staying"];

    private readonly WeeklyLevels _levels;
    private readonly LevelProcess _process;
    private readonly List<Trial> _trials = [];

    private WeeklyLevelModel(WeeklyLevels levels, LevelProcess process)
    {
        _levels = levels;
        _process = process;
    }

    /// <summary>Where the level was found to have stepped for good, in weeks from the origin.</summary>
    public ReadOnlySpan<double> Steps => _process.Steps;

    public static WeeklyLevelModel Fit(WeeklyLevels levels, CancellationToken cancellationToken = default)
    {
        var model = new WeeklyLevelModel(levels, LevelProcess.Fit(levels, cancellationToken));
        for (int origin = -WeeksBetweenOrigins; origin >= -OriginWeeks && levels.Span + origin >= FewestWeeks; origin -= WeeksBetweenOrigins)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int weeks = Math.Min(JudgedWeeks, -origin);
            var covariance = new double[weeks * weeks];
            model._trials.Add(new Trial(origin, Members(levels.Before(origin), model._process, origin, weeks, covariance), covariance));
        }

        return model;
    }

    /// <summary>How the weekly level is forecast, in one sentence.</summary>
    public string Describe()
    {
        if (_trials.Count == 0)
            return "The weekly level is the mean of a Gaussian process and a regression: the history is too short to judge them.";
        double[] near = Weights(_names.Length, 0, _bounds[1]), far = Weights(_names.Length, _bounds[1], _bounds[2]);
        IEnumerable<string> parts = _names.Select((name, m) => FormattableString.Invariant($"{name} {near[m]:0.00} and {far[m]:0.00}"));
        return FormattableString.Invariant($"The weekly level joins four forecasts by their errors from {_trials.Count} past weeks; their weights for weeks 1 to 2 and 3 to 5: {string.Join(", ", parts)}.");
    }

    public WeeklyLevelForecast Forecast(int weeks)
    {
        var covariance = new double[weeks * weeks];
        double[][] members = Members(_levels, _process, 0, weeks, covariance);
        var medians = new double[weeks];
        var widening = new double[weeks];
        for (int b = 0; b < _bounds.Length && _bounds[b] < weeks; b++)
        {
            int from = _bounds[b], to = b + 1 < _bounds.Length ? _bounds[b + 1] : int.MaxValue;
            double[] weights = Weights(members.Length, from, to);
            double scale = Widening(weights, from, to);
            for (int h = from; h < Math.Min(to, weeks); h++)
            {
                medians[h] = members.Select((m, i) => weights[i] * m[h]).Sum();
                widening[h] = scale;
            }
        }

        for (int a = 0; a < weeks; a++)
        {
            for (int b = 0; b < weeks; b++)
                covariance[(a * weeks) + b] *= widening[a] * widening[b];
        }

        return new WeeklyLevelForecast(medians, covariance);
    }

    private static double[][] Members(WeeklyLevels levels, LevelProcess process, int origin, int weeks, double[] covariance)
    {
        var expected = new double[weeks];
        process.Predict(origin, expected, covariance);
        double[] regression = WeeklyRegression.Forecast(levels, weeks);
        return [expected, regression, PastYears.Forecast(levels, weeks, FadingHalfLifeWeeks) ?? regression, PastYears.Forecast(levels, weeks, double.PositiveInfinity) ?? regression];
    }

    private double[] Weights(int members, int from, int to)
    {
        var weights = new double[members];
        if (!_trials.Exists(t => t.Weeks > from))
        {
            // Without past origins to judge by, those of the two that do not need a year.
            weights[0] = weights[1] = 0.5;
            return weights;
        }

        for (int m = 0; m < members; m++)
        {
            double[] errors = [.. _trials.SelectMany(t => t.Errors(_levels, from, to, member => member[m])).Select(e => Math.Abs(e.Error))];
            weights[m] = Math.Pow(SmallestError + (errors.Length == 0 ? 0 : errors.Average()), -Sharpness);
        }

        double total = weights.Sum();
        return Array.ConvertAll(weights, w => w / total);
    }

    /// <summary>The errors made in standard deviations of the process, large ones cut, as a factor on its standard deviation.</summary>
    private double Widening(double[] weights, int from, int to)
    {
        double sum = VarianceEvidence, count = VarianceEvidence;
        foreach ((double error, double variance) in _trials.SelectMany(t => t.Errors(_levels, from, to, member => member.Select((v, m) => weights[m] * v).Sum())))
        {
            sum += Math.Min(error * error / variance, ErrorLimit * ErrorLimit);
            count++;
        }

        return Math.Sqrt(sum / count);
    }

    private sealed class Trial(int origin, double[][] members, double[] covariance)
    {
        public int Weeks => members[0].Length;

        public IEnumerable<(double Error, double Variance)> Errors(WeeklyLevels levels, int from, int to, Func<double[], double> combine)
        {
            for (int h = from; h < Math.Min(to, Weeks); h++)
            {
                double actual = levels.At(origin + h);
                if (!double.IsNaN(actual))
                    yield return (combine([.. members.Select(m => m[h])]) - actual, covariance[(h * Weeks) + h]);
            }
        }
    }
}
