using System.CommandLine;
using System.Text.Json.Nodes;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Cli.Arguments;
using Makalu.Capacity.Cli.Output;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Cli.Commands;

/// <summary><c>makalu forecast</c>: from a series file and a calendar to quantiles of the future, and of its peaks.</summary>
internal static class ForecastCommand
{
    public static Command Create(CommandConsole console)
    {
        var inputs = new ForecastingOptions();
        Option<TimeSpan?> horizon = DurationArgument.Option("--horizon", "How far to forecast.");
        horizon.Required = true;
        DefaultedOption<IReadOnlyList<double>> quantiles = QuantilesArgument.Option();
        var output = new Option<string>("--output") { Description = "Where to write the forecast (CSV); - is standard output.", HelpName = "file", Required = true };
        var peaks = new Option<string?>("--peaks") { Description = "Where to write the quantiles of the maximum of each window (CSV).", HelpName = "file" };
        Option<double[]> exceeds = RatesArgument.Option("--exceeds", "Rates in requests per second: with what probability each is exceeded, and when. Told on standard error, by window in --peaks, and in --json.");
        Option<bool> verbose = VerboseOption.OfForecasts();

        Option<bool> json = JsonOption.Create();
        var command = new Command("forecast", "Forecasts requests per second, with quantiles, and the peaks of the horizon, each day and each campaign.");
        inputs.AddTo(command);
        command.Add(horizon);
        command.Add(quantiles);
        command.Add(output);
        command.Add(peaks);
        command.Add(exceeds);
        command.Add(verbose);
        command.Add(json);
        command.SetAction((parsed, cancellationToken) => Task.FromResult(Run(parsed, cancellationToken)));
        return command;

        int Run(ParseResult parsed, CancellationToken cancellationToken)
        {
            TimeSpan span = parsed.GetRequiredValue(horizon)!.Value;
            CapacityPlannerOptions options = inputs.Planner(parsed, span);
            using var outputs = new OutputTransaction(console.Output);
            inputs.Protect(parsed, outputs);
            OutputFile forecastFile = outputs.Add(parsed.GetRequiredValue(output));
            OutputFile? peaksFile = parsed.GetValue(peaks) is string path ? outputs.Add(path) : null;

            IReadOnlyList<RequestHistory> histories = inputs.ReadHistoriesAtOrigin(parsed, cancellationToken);
            if (!inputs.IsQuiet(parsed))
            {
                HistoryNotice.Tell(console, histories);
            }

            bool hasSeriesColumn = histories.Count > 1 || histories[0].Name.Length > 0;
            (histories, IReadOnlyList<string> unknown) = KnownAtTheirOrigins(histories, new CapacityPlanner(options));
            CampaignCalendar calendar = inputs.ReadCalendar(console, parsed, histories, span);
            IReadOnlyList<double> probabilities = quantiles.Of(parsed);

            double[] rates = parsed.GetValue(exceeds) ?? [];
            var explanations = new List<string>();
            string? leftOut = null;
            var young = new List<string>();
            var summaries = new JsonArray();
            using var peakRows = new MemoryStream();
            forecastFile.Write(stream =>
            {
                using var forecastCsv = new ForecastCsvWriter(stream, probabilities, hasSeriesColumn);
                using var peaksCsv = new PeaksCsvWriter(peakRows, probabilities, hasSeriesColumn, rates);
                ProgressDisplay.Run(console, inputs.IsQuiet(parsed), progress =>
                {
                    ForEach(
                        histories,
                        calendar,
                        options,
                        progress,
                        (history, forecast, found) =>
                        {
                            forecastCsv.Write(forecast, history.Name);
                            peaksCsv.Write(found, history.Name);
                            leftOut ??= forecast.Report?.LeftOut;
                            if (HistoryNotice.Young(history, forecast.Start) is { } note)
                            {
                                young.Add(note);
                            }

                            RateExceedance[] exceedances = [.. rates.Select(rate => RateExceedance.Of(forecast, rate))];
                            if (!inputs.IsQuiet(parsed))
                            {
                                explanations.AddRange(exceedances.Select(e => ExceedanceText.Of(e, history.Name)));
                            }

                            if (parsed.GetValue(verbose))
                            {
                                explanations.Add(ForecastExplanation.Of(forecast, history.Name));
                            }

                            if (parsed.GetValue(json))
                            {
                                summaries.Add(Summary(history, forecast, found, probabilities, exceedances));
                            }
                        },
                        cancellationToken);
                    return true;
                });
            });
            peaksFile?.Write(stream => peakRows.WriteTo(stream));
            cancellationToken.ThrowIfCancellationRequested();
            outputs.Commit();
            foreach (string note in inputs.IsQuiet(parsed) ? [] : unknown)
            {
                console.Tell($"note: left out {note}");
            }

            if (!inputs.IsQuiet(parsed))
            {
                HistoryNotice.TellFirst(console, young, "are as young");
            }

            if (leftOut is not null && !inputs.IsQuiet(parsed))
            {
                console.Tell($"note: {leftOut}");
            }

            explanations.ForEach(console.Error.Write);
            if (parsed.GetValue(json) && !outputs.UsesStandardOutput)
            {
                JsonOption.Write(console, new JsonObject { ["series"] = summaries });
            }

            return ExitCode.Done;
        }
    }

    private static JsonObject Summary(RequestHistory history, Forecast forecast, IReadOnlyList<PeakForecast> peaks, IReadOnlyList<double> probabilities, RateExceedance[] exceedances) => new()
    {
        ["series"] = history.Name,
        ["origin"] = PlanText.IsoTime(forecast.Start),
        ["step"] = forecast.Step.ToString("c"),
        ["steps"] = forecast.Horizon,
        ["model"] = forecast.Model,
        ["known_days"] = Math.Round(HistoryNotice.Known(history, forecast.Start).TotalDays, 3),
        ["exceeds"] = new JsonArray([.. exceedances.Select(e => new JsonObject
        {
            ["requests_per_second"] = e.RequestsPerSecond,
            ["probability"] = e.Probability,
            ["most_likely_at"] = e.MostLikelyAt is { } likeliest ? PlanText.IsoTime(likeliest) : null,
            ["tenth_exceeds_by"] = e.TenthExceedsBy is { } tenth ? PlanText.IsoTime(tenth) : null,
            ["first_at_median"] = e.FirstAtMedian is { } first ? PlanText.IsoTime(first) : null,
            ["mean_minutes"] = Math.Round(e.MeanDuration.TotalMinutes, 3),
        })]),
        ["peaks"] = new JsonArray([.. peaks.Select(peak =>
        {
            var window = new JsonObject { ["window"] = peak.Window.Name, ["kind"] = peak.Window.Kind, ["at"] = PlanText.IsoTime(peak.At), ["cause"] = peak.Cause };
            foreach (double probability in probabilities)
            {
                window[PlanText.QuantileName(probability)] = JsonOption.Number(PlanText.Significant(peak.Quantile(probability)));
            }

            return window;
        })]),
    };

    /// <summary>
    /// The series of which something is known at the origin, and why each other one cannot be forecast: a service that began later, or ended long before, must not
    /// keep a fleet from its forecasts.
    /// </summary>
    private static (IReadOnlyList<RequestHistory> Known, IReadOnlyList<string> Unknown) KnownAtTheirOrigins(IReadOnlyList<RequestHistory> histories, CapacityPlanner planner)
    {
        if (histories.Count == 1)
        {
            return (histories, []);
        }

        var known = new List<RequestHistory>();
        var unknown = new List<string>();
        foreach (RequestHistory history in histories)
        {
            try
            {
                planner.ThrowIfNothingIsKnown(history);
                known.Add(history);
            }
            catch (ForecastException exception)
            {
                unknown.Add($"series '{history.Name}': {exception.Message}");
            }
        }

        return known.Count > 0 ? (known, unknown) : throw new UsageException(unknown[0]);
    }

    /// <summary>Forecasts the series several at a time, and hands them over in the input's order.</summary>
    private static void ForEach(
        IReadOnlyList<RequestHistory> histories,
        CampaignCalendar calendar,
        CapacityPlannerOptions options,
        IProgress<PlanProgress>? progress,
        Action<RequestHistory, Forecast, IReadOnlyList<PeakForecast>> write,
        CancellationToken cancellationToken)
    {
        if (histories.Count == 1)
        {
            Forecast forecast = new CapacityPlanner(options).Forecast(histories[0], calendar, progress, cancellationToken);
            write(histories[0], forecast, PeakFinder.Find(forecast, calendar));
            return;
        }

        BoostingFleet fleet = Fleet(new CapacityPlanner(options), histories, calendar);
        if (options.Budget is null && ForecasterCatalog.IsPoolOfFleet(options.Model, fleet, calendar))
        {
            fleet.In(options.TimeZone).TrainAhead(options.Horizon, options.MaxDegreeOfParallelism, cancellationToken);
        }

        var planner = new CapacityPlanner(options with { MaxDegreeOfParallelism = 1, Fleet = fleet });
        int done = 0;
        InOrder.Run(
            histories,
            options.MaxDegreeOfParallelism,
            (history, token) => One(planner, history, calendar, token),
            (history, result) =>
            {
                write(history, result.Forecast, result.Peaks);
                done++;
                if (done % options.MaxDegreeOfParallelism == 0 || done == histories.Count)
                {
                    progress?.Report(new PlanProgress(FormattableString.Invariant($"{done} of {histories.Count} series"), (double)done / histories.Count));
                }
            },
            cancellationToken);
    }

    /// <summary>The series as they were known at the origin: one model learns from all of them.</summary>
    private static BoostingFleet Fleet(CapacityPlanner planner, IReadOnlyList<RequestHistory> histories, CampaignCalendar calendar)
        => new(histories.Select(history => Named(history, () => planner.Known(history).RequestsPerSecond)), calendar);

    private static (Forecast Forecast, IReadOnlyList<PeakForecast> Peaks) One(CapacityPlanner planner, RequestHistory history, CampaignCalendar calendar, CancellationToken cancellationToken)
    {
        return Named(history, () =>
        {
            Forecast forecast = planner.Forecast(history, calendar, cancellationToken: cancellationToken);
            return (forecast, PeakFinder.Find(forecast, calendar));
        });
    }

    /// <summary>Does something for one of several series, whose name an error tells.</summary>
    private static T Named<T>(RequestHistory history, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ForecastException exception)
        {
            throw new UsageException($"series '{history.Name}': {exception.Message}", exception);
        }
    }
}
