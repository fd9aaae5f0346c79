using System.Collections.Concurrent;

namespace Tandem.Payment;

/// <summary>
/// A provider for development and tests that decides by the token alone, so that a repeated charge gets the same answer even after a restart:
/// <c>tok_declined</c> and <c>tok_insufficient</c> are declined, <c>tok_timeout</c> takes the money but answers too late the first time,
/// <c>tok_flaky</c> fails twice before it takes the money, every other <c>tok_…</c> pays; what is not a token of its own is declined.
/// </summary>
internal sealed class SimulatedProvider(TimeProvider time) : IPaymentProvider
{
    /// <summary>Longer than any caller waits.</summary>
    private static readonly TimeSpan LateAnswer = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, int> _attempts = new(StringComparer.Ordinal);

    public string Name => "simulated";

    public async Task<ChargeResult> ChargeAsync(Charge charge, CancellationToken cancellationToken)
    {
        switch (charge.Token)
        {
            case "tok_declined":
                return ChargeResult.Declined("card_declined");
            case "tok_insufficient":
                return ChargeResult.Declined("insufficient_funds");
            case "tok_timeout" when Attempt(charge) == 1:
                await Task.Delay(LateAnswer, time, cancellationToken);
                break;
            case "tok_flaky" when Attempt(charge) <= 2:
                throw new ProviderUnavailableException("The simulated provider is in trouble.");
            default:
                break;
        }

        _attempts.TryRemove(charge.PaymentId, out _);
        return charge.Token.StartsWith("tok_", StringComparison.Ordinal)
            ? ChargeResult.Taken($"sim_{charge.PaymentId}")
            : ChargeResult.Declined("invalid_token");
    }

    public Task RefundAsync(RefundOrder refund, CancellationToken cancellationToken) => Task.CompletedTask;

    private int Attempt(Charge charge) => _attempts.AddOrUpdate(charge.PaymentId, 1, (_, count) => count + 1);
}
