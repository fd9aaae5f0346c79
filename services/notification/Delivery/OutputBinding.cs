using Dapr.Client;

namespace Tandem.Notification;

/// <summary>Sends texts through an output binding.</summary>
internal sealed class OutputBinding(DaprClient dapr)
{
    private const string Create = "create";

    public Task CreateAsync(string name, string text, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
        => dapr.InvokeBindingAsync(name, Create, text, metadata, cancellationToken);
}
