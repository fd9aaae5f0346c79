using Tandem.Components.Bindings;
using Tandem.Runtime.State;

namespace Tandem.Runtime.Bindings;

/// <summary>Does what an app asks for when it has taken an event of an input binding.</summary>
public sealed class BindingWishGranter(StateManager state, OutputBindings bindings)
{
    private const string Operation = "create";
    private static readonly Dictionary<string, string> NoMetadata = [];

    /// <summary>Saves the state, then calls the output bindings.</summary>
    /// <param name="name">The input binding.</param>
    /// <param name="wishes">What the app asks for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BindingException">One of them failed: then the event counts as not taken, and may come again.</exception>
    public async ValueTask GrantAsync(string name, BindingWishes wishes, CancellationToken cancellationToken)
    {
        try
        {
            if (wishes.States.Count > 0)
            {
                await state.SetAsync(wishes.StoreName, wishes.States, cancellationToken).ConfigureAwait(false);
            }

            if (wishes.InParallel)
            {
                await Task.WhenAll(wishes.To.Select(output => InvokeAsync(output, wishes, cancellationToken))).ConfigureAwait(false);
                return;
            }

            foreach (var output in wishes.To)
            {
                await InvokeAsync(output, wishes, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BindingException($"binding '{name}': what the app asks for in its answer failed: {exception.Message}", exception);
        }
    }

    private Task<BindingResponse?> InvokeAsync(string output, BindingWishes wishes, CancellationToken cancellationToken)
        => bindings.InvokeAsync(output, new BindingRequest(Operation, wishes.Data, NoMetadata), cancellationToken).AsTask();
}
