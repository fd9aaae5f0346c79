using Microsoft.Extensions.Options;

namespace Tandem.Payment;

/// <summary>Asks a provider again while it is unavailable or late: its calls are idempotent, so asking twice is safe and not asking is not.</summary>
internal sealed class ProviderRetry(IOptions<ProcessingOptions> options, TimeProvider time)
{
    /// <exception cref="ProviderUnavailableException">No decision after the last attempt.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        var delay = settings.RetryDelay;
        for (var attempt = 1; ; attempt++)
        {
            using var timeout = new CancellationTokenSource(settings.AttemptTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            try
            {
                return await call(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && attempt < settings.Attempts)
            {
            }
            catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw new ProviderUnavailableException("The provider did not answer in time.", exception);
            }
            catch (ProviderUnavailableException) when (attempt < settings.Attempts)
            {
            }

            await Task.Delay(delay, time, cancellationToken);
            delay *= 2;
        }
    }
}
