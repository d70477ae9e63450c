using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Makalu.Capacity.Hosting;

/// <summary>Fits a warm model when the host starts, and at an interval after that.</summary>
internal sealed partial class WarmCapacityModelRefresher(WarmCapacityModel model, WarmCapacityModelOptions options, TimeProvider time, ILoggerFactory? loggers) : BackgroundService
{
    private readonly ILogger _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger(typeof(WarmCapacityModel).FullName!);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                CapacityModel fitted = await model.RefitAsync(stoppingToken).ConfigureAwait(false);
                LogFitted(_logger, fitted.Forecaster.Name, fitted.History.Requests.End.UtcDateTime);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // A source that is away for a while must not end the host; the model before still answers.
                LogFailed(_logger, exception);
            }

            await Task.Delay(options.RefitInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Information, "Fitted {Forecaster} from {Origin:u}")]
    private static partial void LogFitted(ILogger logger, string forecaster, DateTime origin);

    [LoggerMessage(LogLevel.Warning, "The model could not be fitted; the one before stays")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
