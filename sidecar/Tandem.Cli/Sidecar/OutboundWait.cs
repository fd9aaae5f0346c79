using System.Globalization;

namespace Tandem.Cli.Sidecar;

/// <summary><c>--wait</c>: waits until the sidecar on a port is ready for outgoing calls, for scripts that start after it.</summary>
internal static class OutboundWait
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <returns>0 when the sidecar is ready, 1 when it is not after a minute.</returns>
    public static async Task<int> RunAsync(int port, TextWriter output, CancellationToken cancellationToken)
    {
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/v1.0/healthz/outbound"));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Longest);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(address, deadline.Token).ConfigureAwait(false);
                if (answer.IsSuccessStatusCode)
                {
                    await output.WriteLineAsync($"the sidecar on port {port} is ready for outgoing calls").ConfigureAwait(false);
                    return 0;
                }

                await Task.Delay(Pause, deadline.Token).ConfigureAwait(false);
            }
            catch (HttpRequestException)
            {
                // Not listening yet: that is what is waited for. The end of the time is seen by the next request.
                await Task.Delay(Pause, CancellationToken.None).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested)
            {
                await output.WriteLineAsync($"the sidecar on port {port} is not ready for outgoing calls").ConfigureAwait(false);
                return 1;
            }
        }
    }
}
