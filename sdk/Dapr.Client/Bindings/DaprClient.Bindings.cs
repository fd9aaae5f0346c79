namespace Dapr.Client;

public abstract partial class DaprClient
{
    /// <summary>Calls an output binding with a JSON payload.</summary>
    public abstract Task InvokeBindingAsync<TRequest>(string bindingName, string operation, TRequest data, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default);

    /// <summary>Calls an output binding with a JSON payload and reads its JSON answer.</summary>
    public abstract Task<TResponse> InvokeBindingAsync<TRequest, TResponse>(string bindingName, string operation, TRequest data, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default);

    /// <summary>Calls an output binding with bytes, which go to it as they are.</summary>
    public abstract Task<BindingResponse> InvokeBindingAsync(BindingRequest request, CancellationToken cancellationToken = default);
}
