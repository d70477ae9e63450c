namespace Makalu.Capacity.Numerics;

/// <summary>A symmetric matrix known by its products alone.</summary>
internal abstract class SymmetricOperator
{
    /// <summary>The order of the matrix.</summary>
    public abstract int Size { get; }

    /// <summary>result = matrix · vector. One call at a time: implementations own their work space.</summary>
    public abstract void Multiply(ReadOnlySpan<double> vector, Span<double> result);
}
