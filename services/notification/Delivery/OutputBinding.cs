using System.Text;
using Dapr.Client;

namespace Tandem.Notification;

/// <summary>Sends texts through an output binding, as they are: what lies behind it may pass them on as a request's body.</summary>
internal sealed class OutputBinding(DaprClient dapr)
{
    private const string Create = "create";

    public Task CreateAsync(string name, string text, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var request = new BindingRequest(name, Create) { Data = Encoding.UTF8.GetBytes(text) };
        foreach (var (key, value) in metadata)
        {
            request.Metadata[key] = value;
        }

        return dapr.InvokeBindingAsync(request, cancellationToken);
    }
}
