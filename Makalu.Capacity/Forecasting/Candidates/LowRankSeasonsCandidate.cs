using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Makalu.Capacity.Forecasting.Candidates;

/// <summary>
/// The series as a matrix of one row for each short season, counted back from the origin: the leading right singular vectors
/// are the shapes of a day, and each one's score is forecast from its own last value, the one before, and the one seven
/// seasons (a week of days) ago.
/// </summary>
internal sealed class LowRankSeasonsCandidate : Candidate
{
    private const int Rank = 3;
    private const int CentreRows = 14;
    private const double Ridge = 0.05;

    public override string Name => "low-rank seasons";

    public override int MinimumHistory(SeasonLengths seasons) => seasons.Short < 4 ? int.MaxValue : 15 * seasons.Short;

    public override double[] Forecast(in CandidateInput input)
    {
        int season = input.Seasons.Short;
        int repeat = input.Seasons.Long > 0 ? input.Seasons.Long / season : 7;
        int rows = input.Transformed.Length / season;
        double[] matrix = input.Transformed[^(rows * season)..].ToArray();
        int rank = Math.Min(Rank, season);

        var centre = new double[season];
        for (int r = Math.Max(0, rows - CentreRows); r < rows; r++)
        {
            TensorPrimitives.Add(centre, matrix.AsSpan(r * season, season), centre);
        }

        TensorPrimitives.Divide(centre, Math.Min(CentreRows, rows), centre);
        for (int r = 0; r < rows; r++)
        {
            Span<double> row = matrix.AsSpan(r * season, season);
            TensorPrimitives.Subtract(row, centre, row);
        }

        double[][] shapes = LeadingRightSingularVectors(matrix, rows, season, rank);
        int seasonsAhead = (input.Horizon + season - 1) / season;
        var forecast = new double[seasonsAhead * season];
        for (int q = 0; q < seasonsAhead; q++)
        {
            centre.CopyTo(forecast, q * season);
        }

        var scores = new double[rows];
        foreach (double[] shape in shapes)
        {
            for (int r = 0; r < rows; r++)
            {
                scores[r] = TensorPrimitives.Dot<double>(matrix.AsSpan(r * season, season), shape);
            }

            double[] ahead = ForecastScores(scores, repeat, seasonsAhead);
            for (int q = 0; q < seasonsAhead; q++)
            {
                Span<double> row = forecast.AsSpan(q * season, season);
                TensorPrimitives.MultiplyAdd(shape, ahead[q], row, row);
            }
        }

        return forecast[..input.Horizon];
    }

    private static double[][] LeadingRightSingularVectors(double[] matrix, int rows, int season, int rank)
    {
        var gram = Matrix<double>.Build.Dense(season, season);
        for (int r = 0; r < rows; r++)
        {
            ReadOnlySpan<double> row = matrix.AsSpan(r * season, season);
            for (int i = 0; i < season; i++)
            {
                for (int j = i; j < season; j++)
                {
                    gram[i, j] += row[i] * row[j];
                }
            }
        }

        for (int i = 0; i < season; i++)
        {
            for (int j = 0; j < i; j++)
            {
                gram[i, j] = gram[j, i];
            }
        }

        var decomposition = gram.Evd(Symmetricity.Symmetric);
        var vectors = new double[rank][];
        for (int k = 0; k < rank; k++)
        {
            // Eigenvalues come in ascending order.
            vectors[k] = decomposition.EigenVectors.Column(season - 1 - k).ToArray();
        }

        return vectors;
    }

    private static double[] ForecastScores(ReadOnlySpan<double> scores, int repeat, int ahead)
    {
        const int size = 4;
        int n = scores.Length;
        int rows = n - repeat;
        Span<double> gram = stackalloc double[size * size];
        Span<double> right = stackalloc double[size];
        Span<double> x = stackalloc double[size];
        for (int t = repeat; t < n; t++)
        {
            x[0] = scores[t - 1];
            x[1] = scores[t - repeat];
            x[2] = scores[t - 2];
            x[3] = 1;
            for (int i = 0; i < size; i++)
            {
                right[i] += x[i] * scores[t];
                for (int j = 0; j < size; j++)
                {
                    gram[(i * size) + j] += x[i] * x[j];
                }
            }
        }

        double mean = TensorPrimitives.Sum(scores) / n;
        double variance = Math.Max(0, (TensorPrimitives.SumOfSquares(scores) / n) - (mean * mean));
        for (int i = 0; i < size; i++)
        {
            gram[(i * size) + i] += (i < 3 ? Ridge * rows * variance : 0) + 1e-12;
        }

        if (CholeskyFactorisation.TryFactorise(gram, size, size))
        {
            CholeskyFactorisation.Solve(gram, size, size, right);
        }
        else
        {
            right.Clear();
        }

        var extended = new double[n + ahead];
        scores.CopyTo(extended);
        for (int t = n; t < extended.Length; t++)
        {
            extended[t] = (right[0] * extended[t - 1]) + (right[1] * extended[t - repeat]) + (right[2] * extended[t - 2]) + right[3];
        }

        return extended[n..];
    }
}
