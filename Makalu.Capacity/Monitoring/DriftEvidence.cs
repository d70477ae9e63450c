using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Monitoring;

/// <summary>From the tests to a verdict and findings.</summary>
internal sealed class DriftEvidence(DriftOptions options, ForecastScore[] scores, CoverageTest[] tests, double lossToExpected, double lossProbability)
{
    private const int WorstShown = 3;

    private bool IsThin => scores.Length < options.FewestForecasts;

    public DriftStatus Status
        => IsThin ? DriftStatus.Ok
            : tests.Select(Of).Append(OfLoss()).Max();

    public IEnumerable<Finding> Findings()
    {
        if (IsThin)
        {
            return
            [
                new Finding(
                    "drift-evidence-thin",
                    FindingSeverity.Info,
                    FormattableString.Invariant($"Of {scores.Length} forecasts it is known what came, fewer than the {options.FewestForecasts} from which drift is told. Keep storing each night's forecast."),
                    new Evidence().Add("forecasts", scores.Length).Add("neededForecasts", options.FewestForecasts)),
            ];
        }

        IEnumerable<Finding> coverage = tests.Where(t => Of(t) > DriftStatus.Ok).Select(OfCoverage);
        return (OfLoss() > DriftStatus.Ok ? coverage.Append(Loss()) : coverage).OrderByDescending(f => f.Severity);
    }

    private DriftStatus Of(CoverageTest test)
    {
        bool isTooHigh = test is { Subject: "step", Quantile: 0.5 } && test.AboveBandProbability < options.Significance;
        if (test.BelowBandProbability < options.Significance || isTooHigh)
        {
            return DriftStatus.Retrain;
        }

        // To watch costs little, but each test may ask for it by chance.
        double significance = options.Significance / tests.Length;
        bool isOutside = test.Coverage < test.BandLow || test.Coverage > test.BandHigh;
        return test.AboveBandProbability < significance || (isOutside && test.KupiecProbability < significance) ? DriftStatus.Watch : DriftStatus.Ok;
    }

    private DriftStatus OfLoss()
        => lossProbability < options.Significance ? DriftStatus.Retrain : DriftStatus.Ok;

    private Finding OfCoverage(CoverageTest test)
    {
        bool low = test.Coverage < test.Quantile;
        DriftStatus status = Of(test);
        string subject = test.Subject switch { "step" => "steps", "day" => "days' peaks", _ => "campaigns' peaks" };
        string advice = (low, status) switch
        {
            (true, DriftStatus.Retrain) => "Choose and fit the model anew, look for campaigns that the calendar lacks, and plan for a higher quantile until it holds again.",
            (true, _) => "Look at the worst windows, and for campaigns that the calendar lacks.",
            (false, DriftStatus.Retrain) => "The forecasts are too high as a whole: choose and fit the model anew.",
            _ => "More is planned for than comes: capacity lies idle.",
        };
        Evidence evidence = new Evidence()
            .Add("status", Word(status))
            .Add("subject", test.Subject)
            .Add("quantile", test.Quantile)
            .Add("coverage", test.Coverage)
            .Add("bandLow", test.BandLow)
            .Add("bandHigh", test.BandHigh)
            .Add("count", test.Count)
            .Add("effectiveCount", test.EffectiveCount)
            .Add("probability", low ? test.BelowBandProbability : test.AboveBandProbability)
            .Add("kupiecProbability", test.KupiecProbability)
            .Add("significance", options.Significance)
            .Add("method", "binomial test of the band's end, evidence divided by the design effect (Kish 1965)")
            .Add("forecasts", scores.Length);
        Worst(evidence, low, test.Quantile);
        return new Finding(
            low ? "forecast-coverage-low" : "forecast-coverage-high",
            status == DriftStatus.Retrain ? FindingSeverity.Warning : FindingSeverity.Info,
            FormattableString.Invariant($"The {test.Quantile * 100:0.##} % quantile held for {test.Coverage * 100:0.#} % of the {test.Count:#,0} {subject} of the last {scores.Length} forecasts; its band is {test.BandLow * 100:0.#} to {test.BandHigh * 100:0.#} %. {advice}"),
            evidence);
    }

    private void Worst(Evidence evidence, bool low, double quantile)
    {
        if (!low)
        {
            return;
        }

        int index = scores[0].Record.Quantiles.IndexOf(quantile);
        IEnumerable<PeakScore> worst = scores.SelectMany(s => s.Peaks)
            .Where(p => p.Window.Kind != "horizon" && !p.IsCovered(index))
            .OrderByDescending(p => p.ActualRequestsPerSecond / Math.Max(p.Record.RequestsPerSecond[index], 1e-9))
            .DistinctBy(p => p.ActualAt)
            .Take(WorstShown);
        int number = 1;
        foreach (PeakScore peak in worst)
        {
            evidence.Add(
                FormattableString.Invariant($"worst{number++}"),
                FormattableString.Invariant($"{peak.Window.Name}: {peak.ActualRequestsPerSecond:G4} requests/s at {peak.ActualAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, {quantile * 100:0.##} % quantile {peak.Record.RequestsPerSecond[index]:G4}"));
        }
    }

    private Finding Loss() => new(
        "forecast-loss-high",
        OfLoss() == DriftStatus.Retrain ? FindingSeverity.Warning : FindingSeverity.Info,
        FormattableString.Invariant($"The forecasts' loss is {lossToExpected:0.0} times what they themselves lead to expect, over {scores.Length} forecasts: they are surer than they may be. Choose and fit the model anew."),
        new Evidence()
            .Add("status", Word(OfLoss()))
            .Add("lossToExpected", lossToExpected)
            .Add("lossFactor", options.LossFactor)
            .Add("probability", lossProbability)
            .Add("significance", options.Significance)
            .Add("method", "Student's t on ln(pinball loss ÷ expected pinball loss) per forecast")
            .Add("forecasts", scores.Length));

    private static string Word(DriftStatus status) => status == DriftStatus.Retrain ? "retrain" : status == DriftStatus.Watch ? "watch" : "ok";
}
