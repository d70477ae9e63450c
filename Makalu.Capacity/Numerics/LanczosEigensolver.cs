using System.Numerics.Tensors;

namespace Makalu.Capacity.Numerics;

/// <summary>
/// The k largest eigenpairs of a symmetric operator by the thick-restart Lanczos method with full reorthogonalisation (Wu and
/// Simon, SIAM Journal on Matrix Analysis and Applications 22, 2000). A pair is taken when its residual is below the tolerance
/// times its eigenvalue, or below what rounding allows. As a Krylov space holds one direction only of each multiple eigenvalue,
/// the search is repeated from a random start orthogonal to what was found until that changes nothing.
/// </summary>
internal sealed class LanczosEigensolver
{
    private const int CheckInterval = 12;
    private const int ProofSteps = 14;
    private const int RestartSteps = 60;
    private readonly SymmetricOperator _operator;
    private readonly int _wanted;
    private readonly double _tolerance;
    private readonly int _size;
    private readonly int _capacity;
    private readonly RandomStream _random = new(20_260_915);

    /// <summary>The basis, row after row; one row more than the capacity for the vector that continues it.</summary>
    private readonly double[] _basis;

    /// <summary>The operator in the basis, both triangles, row-major with <see cref="_capacity"/> columns.</summary>
    private readonly double[] _projection;
    private readonly double[] _coefficients;
    private int _products;
    private int _kept;
    private int _count;
    private double _continuation;
    private double _scale;

    private LanczosEigensolver(SymmetricOperator symmetric, int wanted, double tolerance)
    {
        _operator = symmetric;
        _wanted = wanted;
        _tolerance = tolerance;
        _size = symmetric.Size;
        _capacity = Math.Min(_size, (10 * wanted) + 200);
        _basis = new double[(_capacity + 1) * _size];
        _projection = new double[_capacity * _capacity];
        _coefficients = new double[_capacity + 1];
    }

    /// <summary>Finds the leading eigenpairs.</summary>
    /// <param name="symmetric">A symmetric positive semidefinite operator.</param>
    /// <param name="count">The number of pairs; 1 to the operator's size.</param>
    /// <param name="start">The starting vector, or empty for a random one; a sum of nearby eigenvectors saves steps.</param>
    /// <param name="tolerance">The accepted residual relative to each eigenvalue.</param>
    /// <param name="cancellationToken">Cancels between steps.</param>
    public static LeadingEigenpairs Find(SymmetricOperator symmetric, int count, ReadOnlySpan<double> start = default, double tolerance = 1e-8, CancellationToken cancellationToken = default)
    {
        var solver = new LanczosEigensolver(symmetric, count, tolerance);
        return solver.Run(start, cancellationToken);
    }

    private LeadingEigenpairs Run(ReadOnlySpan<double> start, CancellationToken cancellationToken)
    {
        Span<double> first = Row(0);
        if (start.IsEmpty)
        {
            FillRandom(first);
        }
        else
        {
            start.CopyTo(first);
        }

        TensorPrimitives.Divide(first, TensorPrimitives.Norm<double>(first), first);
        bool proving = false;
        double[] found = [];
        double foundResidual = 0;
        for (int cycle = 0; cycle < 300; cycle++)
        {
            int limit = proving ? Math.Min(_capacity, _kept + ProofSteps) : cycle == 0 ? _capacity : Math.Min(_capacity, _kept + RestartSteps + _wanted);
            Expand(limit, cancellationToken);
            double[] values = new double[_count];
            double[] vectors = _kept == 0 ? DiagonaliseTridiagonal(values) : DiagonaliseProjection(values);
            _scale = Math.Max(_scale, values[0]);
            int wanted = Math.Min(_wanted, _count);
            double residual = proving ? foundResidual : 0;
            bool converged = true;
            for (int i = 0; i < wanted; i++)
            {
                double error = Math.Abs(_continuation * vectors[(i * _count) + _count - 1]);
                residual = Math.Max(residual, error);
                converged &= IsConverged(error, values[i]);
            }

            bool whole = _count == _size;
            if (whole || (converged && wanted == _wanted && proving && Agree(found, values)))
            {
                Restart(vectors, wanted);
                return new LeadingEigenpairs(values[..wanted], _basis.AsSpan(0, wanted * _size).ToArray(), _scale > 0 ? residual / _scale : 0, _products);
            }

            if (converged && wanted == _wanted)
            {
                // What was found stays; a random direction orthogonal to it looks for copies that the first search could not see.
                found = values[..wanted];
                foundResidual = residual;
                Restart(vectors, wanted);
                FillRandomOrthogonal(Row(wanted), wanted);
                KeepDiagonal(values, wanted);
                proving = true;
            }
            else
            {
                proving = false;
                int keep = Math.Min(_count - 2, Kept);
                RestartAndContinue(vectors, values, keep);
            }
        }

        throw new ArithmeticException($"The eigensolver did not converge for {_wanted} pairs of an operator of order {_size}; the data hold values that are not finite.");
    }

    /// <summary>How many Ritz vectors a restart keeps: the more beyond the wanted ones, the faster those converge.</summary>
    private int Kept => _wanted + Math.Max(8, _wanted / 2);

    private Span<double> Row(int index) => _basis.AsSpan(index * _size, _size);

    private bool IsConverged(double error, double value) => error <= _tolerance * value || error <= Floor;

    /// <summary>What rounding leaves of a residual.</summary>
    private double Floor => 4e-16 * Math.Sqrt(_size) * _scale;

    private bool Agree(double[] found, double[] values)
    {
        for (int i = 0; i < found.Length; i++)
        {
            if (Math.Abs(values[i] - found[i]) > (1e-6 * found[i]) + (100 * Floor))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Lanczos steps from <see cref="_kept"/> until the basis holds <paramref name="limit"/> vectors or the pairs have converged.</summary>
    private void Expand(int limit, CancellationToken cancellationToken)
    {
        int nextCheck = _kept == 0 ? Math.Max(2 * CheckInterval, (3 * _wanted / 2) + CheckInterval) : int.MaxValue;
        for (int j = _kept; j < limit; j++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Span<double> next = Row(j + 1);
            _operator.Multiply(Row(j), next);
            _products++;
            double norm = TensorPrimitives.Norm<double>(next);
            _scale = Math.Max(_scale, norm);
            double before = double.PositiveInfinity;
            double diagonal = 0;
            if (j > _kept)
            {
                // The two directions that exact arithmetic leaves go first, so that one pass over the whole basis is enough.
                TensorPrimitives.MultiplyAdd(Row(j - 1), -_continuation, next, next);
                diagonal = TensorPrimitives.Dot<double>(Row(j), next);
                TensorPrimitives.MultiplyAdd(Row(j), -diagonal, next, next);
                before = TensorPrimitives.Norm<double>(next);
                Couple(j - 1, j, _continuation);
            }

            Span<double> h = _coefficients.AsSpan(0, j + 1);
            for (int pass = 0; pass < 4 && (pass == 0 || norm < 0.7 * before); pass++)
            {
                before = pass == 0 ? before : norm;
                norm = Orthogonalise(next, j + 1, h);
                diagonal += h[j];
                for (int i = 0; pass == 0 && j == _kept && i < j; i++)
                {
                    Couple(i, j, h[i]);
                }
            }

            Couple(j, j, diagonal);
            _count = j + 1;
            if (_count == _size)
            {
                _continuation = 0;
                return;
            }

            if (norm <= Floor)
            {
                // The space is invariant: its pairs are exact, and the search goes on in its complement.
                _continuation = 0;
                FillRandomOrthogonal(next, j + 1);
            }
            else
            {
                _continuation = norm;
                TensorPrimitives.Divide(next, norm, next);
            }

            if (_count == nextCheck)
            {
                nextCheck += CheckInterval;
                if (HasConvergedTridiagonal())
                {
                    return;
                }
            }
        }
    }

    private void Couple(int i, int j, double value)
    {
        _projection[(i * _capacity) + j] = value;
        _projection[(j * _capacity) + i] = value;
    }

    /// <summary>vector −= its projection on the first <paramref name="rows"/> basis vectors; returns its new norm.</summary>
    private double Orthogonalise(Span<double> vector, int rows, Span<double> coefficients)
    {
        ReadOnlySpan<double> basis = _basis.AsSpan(0, rows * _size);
        RowProducts.Dot(basis, rows, vector, coefficients);
        TensorPrimitives.Negate(coefficients, coefficients);
        RowProducts.AddCombination(basis, coefficients, vector);
        TensorPrimitives.Negate(coefficients, coefficients);
        return TensorPrimitives.Norm<double>(vector);
    }

    /// <summary>Residuals of the first search from the last components of the tridiagonal matrix's eigenvectors alone: O(m²).</summary>
    private bool HasConvergedTridiagonal()
    {
        (double[] values, double[] offDiagonal) = Tridiagonal();
        double[] last = new double[_count];
        last[^1] = 1;
        SymmetricEigen.DiagonaliseRows(values, offDiagonal, last, 1);
        Array.Sort(values, last);
        for (int i = 1; i <= _wanted; i++)
        {
            if (!IsConverged(Math.Abs(_continuation * last[^i]), values[^i]))
            {
                return false;
            }
        }

        return true;
    }

    private (double[] Diagonal, double[] OffDiagonal) Tridiagonal()
    {
        double[] diagonal = new double[_count];
        double[] offDiagonal = new double[_count];
        for (int i = 0; i < _count; i++)
        {
            diagonal[i] = _projection[(i * _capacity) + i];
            offDiagonal[i] = i + 1 < _count ? _projection[(i * _capacity) + i + 1] : 0;
        }

        return (diagonal, offDiagonal);
    }

    /// <summary>All eigenvalues of the first search and the vectors a restart can keep; those of the whole space are computed densely.</summary>
    private double[] DiagonaliseTridiagonal(double[] values)
    {
        if (_count == _size)
        {
            return DiagonaliseProjection(values);
        }

        (double[] diagonal, double[] offDiagonal) = Tridiagonal();
        diagonal.CopyTo(values, 0);
        SymmetricEigen.DiagonaliseRows(values, (double[])offDiagonal.Clone(), [], 0);
        Array.Sort(values);
        Array.Reverse(values);
        return TridiagonalVectors.Compute(diagonal, offDiagonal, values.AsSpan(0, Math.Min(_count - 2, Kept)));
    }

    private double[] DiagonaliseProjection(double[] values)
    {
        double[] matrix = new double[_count * _count];
        for (int i = 0; i < _count; i++)
        {
            _projection.AsSpan(i * _capacity, _count).CopyTo(matrix.AsSpan(i * _count));
        }

        return SymmetricEigen.Decompose(matrix, _count, values);
    }

    /// <summary>Makes the leading <paramref name="keep"/> Ritz vectors the basis.</summary>
    private void Restart(double[] vectors, int keep)
    {
        double[] kept = new double[keep * _size];
        ReadOnlySpan<double> basis = _basis.AsSpan(0, _count * _size);
        for (int i = 0; i < keep; i++)
        {
            RowProducts.AddCombination(basis, vectors.AsSpan(i * _count, _count), kept.AsSpan(i * _size, _size));
        }

        kept.CopyTo(_basis.AsSpan());
        _kept = keep;
    }

    private void RestartAndContinue(double[] vectors, double[] values, int keep)
    {
        Row(_count).CopyTo(_basis.AsSpan(_basis.Length - _size));
        Restart(vectors, keep);
        _basis.AsSpan(_basis.Length - _size).CopyTo(Row(keep));
        KeepDiagonal(values, keep);
    }

    private void KeepDiagonal(double[] values, int keep)
    {
        Array.Clear(_projection);
        for (int i = 0; i < keep; i++)
        {
            _projection[(i * _capacity) + i] = values[i];
        }

        _count = keep;
    }

    private void FillRandomOrthogonal(Span<double> vector, int rows)
    {
        FillRandom(vector);
        for (int pass = 0; pass < 3; pass++)
        {
            double norm = Orthogonalise(vector, rows, _coefficients.AsSpan(0, rows));
            TensorPrimitives.Divide(vector, norm, vector);
        }
    }

    private void FillRandom(Span<double> vector)
    {
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = _random.NextNormal();
        }
    }
}
