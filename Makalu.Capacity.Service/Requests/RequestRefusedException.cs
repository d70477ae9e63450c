using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Service.Requests;

/// <summary>A request that cannot be answered, for a reason that its caller is told.</summary>
internal sealed class RequestRefusedException(int status, string title, string detail, IReadOnlyList<SystemDescriptionError>? errors = null, TimeSpan? retryAfter = null) : Exception(detail)
{
    public int Status => status;

    public string Title => title;

    /// <summary>What is wrong with the body, all of it.</summary>
    public IReadOnlyList<SystemDescriptionError> Errors => errors ?? [];

    public TimeSpan? RetryAfter => retryAfter;
}
