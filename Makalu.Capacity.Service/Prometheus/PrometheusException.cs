namespace Makalu.Capacity.Service.Prometheus;

/// <summary>A Prometheus server does not give what was asked of it.</summary>
internal sealed class PrometheusException(string message, Exception? inner = null) : Exception(message, inner);
