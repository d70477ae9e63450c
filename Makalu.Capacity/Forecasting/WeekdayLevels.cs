using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// What each weekday lies above or below the days beside it, on the logarithm. Each day less the mean of the two beside it is a contrast of three weekdays,
/// whose level has nearly gone; least squares over the contrasts are shrunk as a whole by their noise (James and Stein, Fourth Berkeley Symposium 1, 1961).
/// </summary>
internal static class WeekdayLevels
{
    private const int Weekdays = 7;
    private const double HalfLifeDays = 28;

    /// <summary>Neighbouring contrasts share days, so that chance explains more than the six weekdays would of independent ones: what they explain must be twice of that before any of it is believed.</summary>
    private const double Doubt = 2;

    /// <summary>Two for each weekday.</summary>
    private const int FewestContrasts = 14;

    /// <summary>Learns them from the means of consecutive days.</summary>
    /// <param name="days">The mean of each day on the logarithm; NaN where too little is known.</param>
    /// <param name="firstWeekday">The weekday of the first day; 0 for Monday.</param>
    /// <returns>For each weekday, Monday first; the mean is 0. All 0 where the days do not tell them apart.</returns>
    public static double[] Learn(ReadOnlySpan<double> days, int firstWeekday)
    {
        var normal = new double[Weekdays * Weekdays];
        var solved = new double[Weekdays];
        double total = 0, weights = 0;
        int contrasts = 0;
        for (int day = 1; day < days.Length - 1; day++)
        {
            double contrast = days[day] - (0.5 * (days[day - 1] + days[day + 1]));
            if (double.IsNaN(contrast))
                continue;
            double weight = Math.Pow(2, -(days.Length - 1 - day) / HalfLifeDays);
            int own = (firstWeekday + day) % Weekdays;
            ReadOnlySpan<(int Weekday, double Share)> parts = [(own, 1), ((own + 6) % Weekdays, -0.5), ((own + 1) % Weekdays, -0.5)];
            foreach ((int a, double shareA) in parts)
            {
                solved[a] += weight * shareA * contrast;
                foreach ((int b, double shareB) in parts)
                    normal[(a * Weekdays) + b] += weight * shareA * shareB;
            }

            total += weight * contrast * contrast;
            weights += weight;
            contrasts++;
        }

        // Contrasts do not know the weekdays' common level: a little of it makes the matrix regular, and the mean is taken out below.
        double[] moments = [.. solved];
        for (int k = 0; k < Weekdays; k++)
            normal[(k * Weekdays) + k] += 1e-6 * weights;
        if (contrasts < FewestContrasts || !CholeskyFactorisation.TryFactorise(normal, Weekdays, Weekdays))
            return new double[Weekdays];
        CholeskyFactorisation.Solve(normal, Weekdays, Weekdays, solved);
        double explained = System.Numerics.Tensors.TensorPrimitives.Dot<double>(solved, moments);
        double noise = Math.Max(0, total - explained) / weights * contrasts / (contrasts - Weekdays + 1);
        double share = explained > 0 ? Math.Max(0, 1 - (Doubt * (Weekdays - 1) * noise / explained)) : 0;
        double mean = solved.Average();
        return [.. solved.Select(v => share * (v - mean))];
    }
}
