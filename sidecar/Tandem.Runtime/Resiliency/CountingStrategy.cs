using Polly;
using Tandem.Runtime.Metrics;

namespace Tandem.Runtime.Resiliency;

/// <summary>Counts the operations that a retry policy or a timeout applies to.</summary>
internal sealed class CountingStrategy<TResult>(Counter? retries, Counter? timeouts) : ResilienceStrategy<TResult>
{
    protected override ValueTask<Outcome<TResult>> ExecuteCore<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback,
        ResilienceContext context,
        TState state)
    {
        retries?.Add();
        timeouts?.Add();
        return callback(context, state);
    }
}
