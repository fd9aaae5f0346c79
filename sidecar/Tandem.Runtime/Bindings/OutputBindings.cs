using Tandem.Components.Bindings;
using Tandem.Runtime.Components;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.Metrics.Components;
using Tandem.Runtime.Resiliency;

namespace Tandem.Runtime.Bindings;

/// <summary>The output half of the bindings building block.</summary>
public sealed class OutputBindings
{
    private const string ErrorCode = "ERR_INVOKE_OUTPUT_BINDING";
    private readonly ComponentTable<Entry> _bindings;

    /// <summary>Takes the output bindings of a sidecar.</summary>
    public OutputBindings(ComponentSet components, ResiliencyPolicies policies, SidecarMetrics? metrics = null)
        => _bindings = components.TableOf<IOutputBinding, Entry>((component, binding) => new Entry(binding, new OutboundPolicy(policies, component), metrics?.OutputBindings.For(component.Name)));

    /// <summary>Carries out one operation.</summary>
    public async ValueTask<BindingResponse?> InvokeAsync(string name, BindingRequest request, CancellationToken cancellationToken)
    {
        if (!_bindings.TryGet(name, out var entry))
        {
            throw new DaprException(new DaprError(500, ErrorCode, $"there is no output binding '{name}'"));
        }

        if (request.Operation.Length == 0)
        {
            throw new DaprException(new DaprError(500, ErrorCode, $"binding '{name}': operation is required; supported are {string.Join(", ", entry.Binding.Operations)}"));
        }

        try
        {
            return await entry.Policy.RunAsync(
                static (argument, token) => argument.Binding.InvokeAsync(argument.request, token),
                (entry.Binding, request),
                cancellationToken,
                entry.Meters?[request.Operation]).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not DaprException && !cancellationToken.IsCancellationRequested)
        {
            throw new DaprException(new DaprError(500, ErrorCode, $"binding '{name}': {exception.Message}"), exception);
        }
    }

    private sealed record Entry(IOutputBinding Binding, OutboundPolicy Policy, ComponentMeters? Meters);
}
