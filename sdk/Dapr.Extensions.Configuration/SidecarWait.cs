using Dapr.Client;

namespace Dapr.Extensions.Configuration;

/// <summary>Waits for the sidecar, which may start after the app.</summary>
internal static class SidecarWait
{
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(5);

    public static async Task WaitAsync(DaprClient client, TimeSpan? patience)
    {
        using var deadline = new CancellationTokenSource(patience ?? Default);
        await client.WaitForSidecarAsync(deadline.Token).ConfigureAwait(false);
    }
}
