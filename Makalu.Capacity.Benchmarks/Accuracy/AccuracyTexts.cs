namespace Makalu.Capacity.Benchmarks.Accuracy;

/// <summary>What docs/accuracy.md says around its figures.</summary>
internal static class AccuracyTexts
{
    public const string Head = """
        # Accuracy
        This page is written by one command, by the code that `makalu backtest` runs:

            dotnet run -c Release --project Makalu.Capacity.Benchmarks -- accuracy report ../shared docs/accuracy.md

        `../shared/data` holds the data sets and is not part of the repository; without it the command below each heading does the same for a history of your own.
        The same code gives the same page.

        **These are development figures.** The models were chosen on these parts of the data; the later part of each set, and the even half of the M4
        series, are kept back, and the project's goals concern those. The peers' figures were measured on the parts kept back, or on all series, as
        each row says: they show the order of magnitude and are no contest on equal terms.

        How to read the tables: each origin's forecast sees nothing at or after it. Peaks are those of the maximum of the step averages within a window: the whole
        horizon, a UTC day, or a campaign from 30 minutes before its start to 90 minutes after its end (its own days where the step is a day). `≤ p95` is the part
        of the steps or windows at or below the stated 95 % quantile, 0.95 where it is true; `p95 ÷ actual` is the geometric mean of that quantile ÷ the peak that
        came, the price of the coverage. Logarithms are natural: an error of 0.30 is a factor of 1.35. Windows of different origins overlap, so that a few hard days can
        count several times. A night is the time that a plan is in force. *Idle ÷ used* is capacity above demand ÷ demand, summed over the steps: a capacity that must
        stand all night idles even when it fits the peak exactly.

        """;

    public const string M4Peers = """
        | Doornik, Castle and Hendry, the best published | all 414 | 0.410 | 8.91 | 0.801 | 6.14 | | |
        | ES-RNN (Smyl) | all | 0.440 | | | | | |
        | FFORMA | all | 0.484 | | | | | |
        | MSTL(24, 168) + ARIMA, log scale | all | 0.543 | | | | 0.83 | |
        | repeating the last day | all | 0.628 | | | 9.05 | 0.960 | |
        | plain SSA, window 336, rank by hold-out | all | 0.700 | | | | | |
        | Prophet, daily and weekly | all | 0.832 | | | | 0.835 | |

        """;

    public const string WorldCup = """
        Requests to the site of the 1998 football World Cup, group stage: every day from 13 June an origin, matches announced with their stage. In six weeks traffic
        grew 20 times, and a match raises it up to 10 times. The matches kept back are those of the knock-out stage. The path WAPE is that of the
        steps within the matches' windows; *chosen* is what `auto` came to at how many origins.

        """;

    public const string Pageviews = """
        Daily views of one encyclopedia page: 60 days from each second week of September to February, play-offs and finals announced. One season's command:

        """;

    public const string Nasa = """
        Requests to NASA Kennedy's site; a period with two long gaps. Without the calendar, launches and landings are surprises. The ratio of
        Prophet's error to the seasonal naive one on steady traffic is 0.90.

        """;

    public const string Numenta = """
        Five-minute series with level shifts and anomalies, nothing announced; the last two weeks' processor utilisation changes its level without notice.

        """;

    public const string Sample = """
        The made-up shop of [sample.md](sample.md), the last 28 nights, of which the last is that of 15 September 2024 with the launch that brought the shop down:

            { zcat data/requests.csv.gz; zcat data/actual/requests-2024-09-15.csv.gz | tail -n +2 | cut -d, -f1-3; } |
              makalu backtest --history - --calendar data/calendar.csv --step 5m --origins 28 --output shop.json --table shop.md

        """;

    public const string Foot = """
        ## Repeating it on your own history

            makalu backtest --history requests.csv.gz --calendar calendar.csv --system system.json --origins 28 --output backtest.json --table backtest.md

        """;

    public static string M4(int series) => FormattableString.Invariant($"""
        The hourly series of the M4 competition, 48 hours ahead, by the competition's own measures; OWA is relative to its Naive2 over all series. Ours are the {series} odd-numbered
        series. The competition has one origin a series, so `makalu backtest` has no part in it; `accuracy m4` prints more.

        """);
}
