namespace Makalu.Capacity.Numerics;

/// <summary>The largest eigenvalues of a symmetric operator and their vectors.</summary>
/// <param name="Values">Largest first.</param>
/// <param name="Vectors">Eigenvector after eigenvector, each of unit length.</param>
/// <param name="Residual">The largest ‖A·u − λ·u‖ ÷ the largest eigenvalue.</param>
/// <param name="Products">The number of products with the operator.</param>
internal sealed record LeadingEigenpairs(double[] Values, double[] Vectors, double Residual, int Products);
