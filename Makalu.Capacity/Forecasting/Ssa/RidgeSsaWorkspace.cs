using System.Numerics;
using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>The sums of products of one series' windows, and the regression on them.</summary>
internal ref struct RidgeSsaWorkspace
{
    private readonly int _past;
    private readonly int _window;
    private readonly Span<double> _gram;
    private readonly Span<double> _centringProducts;
    private readonly Span<double> _centring;
    private readonly Span<double> _solution;
    private readonly Span<double> _course;

    public RidgeSsaWorkspace(Span<double> memory, int past, int window)
    {
        _past = past;
        _window = window;
        _gram = memory[..(window * past)];
        memory = memory[(window * past)..];
        FirstColumn = memory[..window];
        _centringProducts = memory.Slice(window, window);
        _centring = memory.Slice(2 * window, past);
        _solution = memory.Slice((2 * window) + past, past);
        _course = memory.Slice(2 * (window + past), window);
    }

    /// <summary>The memory that a workspace takes.</summary>
    public static int Length(int past, int window) => (window * past) + (4 * window) + (2 * past);

    /// <summary>Σ x_k·x_{k+i} over the windows k taken so far, for i = 0 … W − 1: all that the matrix of sums of products needs.</summary>
    public Span<double> FirstColumn { get; }

    /// <summary>Adds the windows that start from <paramref name="from"/> to before <paramref name="to"/>.</summary>
    public readonly void AddToFirstColumn(ReadOnlySpan<double> x, List<WindowRun>? runs, int from, int to)
    {
        if (runs is null)
        {
            AddRun(x, new WindowRun(from, to));
            return;
        }

        foreach (WindowRun run in runs)
        {
            AddRun(x, run.Clip(from, to));
        }
    }

    /// <summary>Forecasts from the values before <paramref name="origin"/>, whose windows have been added.</summary>
    public readonly void Forecast(ReadOnlySpan<double> x, List<WindowRun>? runs, int origin, RidgeSsaOptions options, Span<double> forecast)
    {
        double level = Factorise(x, runs, origin, options, out int known, out bool isConstant);
        if (!isConstant)
        {
            CholeskyFactorisation.Solve(_gram, known, _past, _solution[..known]);
        }

        for (int h = 0; h < forecast.Length; h++)
        {
            double regressed = isConstant ? 0 : TensorPrimitives.Dot<double>(_gram.Slice((_past + h) * _past, known), _solution[..known]);
            forecast[h] = level + _course[_past + h] + regressed;
        }
    }

    /// <summary>
    /// The forecast as an affine function of the last L values of a complete series: a row of L coefficients for each step, and a
    /// constant for each.
    /// </summary>
    public readonly void FillMap(ReadOnlySpan<double> x, RidgeSsaOptions options, Span<double> coefficients, Span<double> constants)
    {
        Factorise(x, null, x.Length, options, out _, out bool isConstant);
        for (int h = 0; h < options.Horizon; h++)
        {
            Span<double> row = coefficients.Slice(h * _past, _past);
            row.Clear();
            if (!isConstant)
            {
                _gram.Slice((_past + h) * _past, _past).CopyTo(row);
                CholeskyFactorisation.Solve(_gram, _past, _past, row);
            }

            constants[h] = _course[_past + h] - TensorPrimitives.Dot<double>(row, _course[.._past]);

            // What is regressed is the deviation from the level, itself a mean of the last values.
            TensorPrimitives.MultiplyAdd(_centring, 1 - TensorPrimitives.Sum<double>(row), row, row);
        }
    }

    /// <summary>Factorises the regularised equations and leaves their right-hand side in the solution; returns the level.</summary>
    private readonly double Factorise(ReadOnlySpan<double> x, List<WindowRun>? runs, int origin, RidgeSsaOptions options, out int known, out bool isConstant)
    {
        ReadOnlySpan<double> recent = x.Slice(origin - _past, _past);
        double level = FillCentring(recent, options.ResolvedCentringLength, origin);
        int windows = FillCourse(x, runs, origin - _window + 1, options.Intercept);

        // Rounding can leave the matrix indefinite only where λ is near its minimum; ten times more is then still next to nothing.
        for (double ridge = options.Ridge; ; ridge *= 10)
        {
            FillGram(x, runs, origin - _window + 1);
            double both = CentringProducts();
            known = runs is null ? _past : KeepKnownColumns(recent);
            FillCentredAndDeviations(recent, level, both, known);
            if (options.Intercept)
            {
                TakeOffCourse(recent, known, windows);
            }

            double trace = 0;
            for (int i = 0; i < known; i++)
            {
                trace += _gram[(i * _past) + i];
            }

            // A trace that is zero up to the rounding of the sums is that of a constant series, whose forecast is its level.
            isConstant = !(trace > 1e-13 * known * FirstColumn[0]);
            if (isConstant || TryFactoriseRidge(known, trace / known * ridge))
            {
                return level;
            }
        }
    }

    private readonly void AddRun(ReadOnlySpan<double> x, WindowRun run)
    {
        if (run.End <= run.Start)
        {
            return;
        }

        int count = run.End - run.Start;
        ReadOnlySpan<double> first = x.Slice(run.Start, count);
        for (int i = 0; i < _window; i++)
        {
            FirstColumn[i] += TensorPrimitives.Dot(first, x.Slice(run.Start + i, count));
        }
    }

    /// <summary>
    /// Fills G[i, j] = Σ x_{k+i}·x_{k+j} for i &lt; W and j ≤ min(i, L − 1) by the Hankel recursion: from G[i−1, j−1] the first
    /// window of each run drops out and the one after its last comes in.
    /// </summary>
    private readonly void FillGram(ReadOnlySpan<double> x, List<WindowRun>? runs, int windows)
    {
        for (int i = 0; i < _window; i++)
        {
            _gram[i * _past] = FirstColumn[i];
            int columns = Math.Min(i, _past - 1);
            if (columns == 0)
            {
                continue;
            }

            ReadOnlySpan<double> above = _gram.Slice((i - 1) * _past, columns);
            Span<double> row = _gram.Slice((i * _past) + 1, columns);
            if (runs is null)
            {
                Shift(above, x.Slice(windows, columns), x[i - 1 + windows], x[..columns], x[i - 1], row);
                continue;
            }

            above.CopyTo(row);
            foreach (WindowRun run in runs)
            {
                WindowRun part = run.Clip(0, windows);
                if (part.Start < part.End)
                {
                    Shift(row, x.Slice(part.End, columns), x[i - 1 + part.End], x.Slice(part.Start, columns), x[i - 1 + part.Start], row);
                }
            }
        }
    }

    /// <summary>result = source + entering·a − leaving·b.</summary>
    private static void Shift(ReadOnlySpan<double> source, ReadOnlySpan<double> entering, double a, ReadOnlySpan<double> leaving, double b, Span<double> result)
    {
        var va = new Vector<double>(a);
        var vb = new Vector<double>(-b);
        int j = 0;
        for (; j <= result.Length - Vector<double>.Count; j += Vector<double>.Count)
        {
            Vector<double> value = Vector.FusedMultiplyAdd(va, new Vector<double>(entering[j..]), new Vector<double>(source[j..]));
            Vector.FusedMultiplyAdd(vb, new Vector<double>(leaving[j..]), value).CopyTo(result[j..]);
        }

        for (; j < result.Length; j++)
        {
            result[j] = Math.FusedMultiplyAdd(-b, leaving[j], Math.FusedMultiplyAdd(a, entering[j], source[j]));
        }
    }

    /// <summary>Fills the centring weights, 1/c on the most recent c known positions, and returns the level they give.</summary>
    private readonly double FillCentring(ReadOnlySpan<double> recent, int centringLength, int origin)
    {
        _centring.Clear();
        int known = 0;
        double sum = 0;
        for (int i = _past - 1; i >= 0 && known < centringLength; i--)
        {
            if (!double.IsNaN(recent[i]))
            {
                known++;
                sum += recent[i];
                _centring[i] = 1;
            }
        }

        if (known == 0)
        {
            throw new ForecastException($"None of the {_past} values before origin {origin} is known; at least one is needed. Raise WindowLength or move the origin.");
        }

        TensorPrimitives.Divide(_centring, known, _centring);
        return sum / known;
    }

    /// <summary>g = G·μ, where μ are the centring weights; returns μᵀ·g.</summary>
    private readonly double CentringProducts()
    {
        Span<double> g = _centringProducts;
        for (int i = 0; i < _window; i++)
        {
            ReadOnlySpan<double> row = _gram.Slice(i * _past, Math.Min(i + 1, _past));
            g[i] = TensorPrimitives.Dot(row, _centring[..row.Length]);
            if (i < _past && _centring[i] != 0)
            {
                TensorPrimitives.MultiplyAdd(row[..i], _centring[i], g[..i], g[..i]);
            }
        }

        return TensorPrimitives.Dot(g[.._past], _centring);
    }

    /// <summary>Keeps the rows and columns of the past whose recent value is known, and returns how many.</summary>
    private readonly int KeepKnownColumns(ReadOnlySpan<double> recent)
    {
        int known = 0;
        for (int i = 0; i < _past; i++)
        {
            if (double.IsNaN(recent[i]))
            {
                continue;
            }

            _gram.Slice(i * _past, i + 1).CopyTo(_gram.Slice(known * _past, i + 1));
            _centringProducts[known] = _centringProducts[i];
            known++;
        }

        if (known == _past)
        {
            return known;
        }

        for (int i = 0; i < known + _window - _past; i++)
        {
            int row = i < known ? i : _past + i - known;
            int target = 0;
            for (int j = 0; j < _past; j++)
            {
                if (!double.IsNaN(recent[j]))
                {
                    _gram[(row * _past) + target++] = _gram[(row * _past) + j];
                }
            }
        }

        return known;
    }

    /// <summary>C = G − 1gᵀ − g1ᵀ + (μᵀg)·11ᵀ in place, and the right-hand side: the known recent values less their level.</summary>
    private readonly void FillCentredAndDeviations(ReadOnlySpan<double> recent, double level, double both, int known)
    {
        ReadOnlySpan<double> g = _centringProducts;
        for (int i = 0; i < known + _window - _past; i++)
        {
            int source = i < known ? i : _past + i - known;
            Span<double> row = _gram.Slice(source * _past, Math.Min(i + 1, known));
            TensorPrimitives.Subtract(row, g[..row.Length], row);
            TensorPrimitives.Add(row, both - g[source], row);
        }

        int target = 0;
        foreach (double value in recent)
        {
            if (!double.IsNaN(value))
            {
                _solution[target++] = value - level;
            }
        }
    }

    /// <summary>
    /// The mean over windows of their deviation from their level, by position: the sum over windows moves on by one position when the
    /// first value of each run drops out and the one after its last comes in. Zero without an intercept. Returns the number of windows.
    /// </summary>
    private readonly int FillCourse(ReadOnlySpan<double> x, List<WindowRun>? runs, int windows, bool intercept)
    {
        _course.Clear();
        if (!intercept)
        {
            return 0;
        }

        int count = 0;
        int runCount = runs?.Count ?? 1;
        for (int r = 0; r < runCount; r++)
        {
            WindowRun part = runs is null ? new WindowRun(0, windows) : runs[r].Clip(0, windows);
            if (part.Start >= part.End)
            {
                continue;
            }

            count += part.End - part.Start;
            double sum = TensorPrimitives.Sum(x[part.Start..part.End]);
            for (int i = 0; i < _window; i++)
            {
                _course[i] += sum;
                if (i + 1 < _window)
                {
                    sum += x[part.End + i] - x[part.Start + i];
                }
            }
        }

        TensorPrimitives.Subtract(_course, TensorPrimitives.Dot<double>(_course[.._past], _centring), _course);
        TensorPrimitives.Divide(_course, count, _course);
        return count;
    }

    /// <summary>C − K·ccᵀ for the mean course c of K windows, and the deviations less the course.</summary>
    private readonly void TakeOffCourse(ReadOnlySpan<double> recent, int known, int windows)
    {
        // The course of the known positions, gathered where the products of the centring are no longer needed.
        Span<double> past = _centringProducts[..known];
        int target = 0;
        for (int i = 0; i < _past; i++)
        {
            if (!double.IsNaN(recent[i]))
            {
                past[target++] = _course[i];
            }
        }

        for (int i = 0; i < known + _window - _past; i++)
        {
            int source = i < known ? i : _past + i - known;
            double own = i < known ? past[i] : _course[source];
            Span<double> row = _gram.Slice(source * _past, Math.Min(i + 1, known));
            TensorPrimitives.MultiplyAdd(past[..row.Length], -windows * own, row, row);
        }

        TensorPrimitives.Subtract(_solution[..known], past, _solution[..known]);
    }

    /// <summary>Adds the ridge and factorises; false when the matrix is indefinite to working precision.</summary>
    private readonly bool TryFactoriseRidge(int known, double ridge)
    {
        for (int i = 0; i < known; i++)
        {
            _gram[(i * _past) + i] += ridge;
        }

        return CholeskyFactorisation.TryFactorise(_gram, known, _past);
    }
}
