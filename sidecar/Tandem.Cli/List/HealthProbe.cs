using System.Net.Sockets;
using Tandem.Cli.Runs;

namespace Tandem.Cli.List;

/// <summary>Whether an app that was healthy when its host last looked still takes connections.</summary>
internal static class HealthProbe
{
    private static readonly TimeSpan ConnectTime = TimeSpan.FromMilliseconds(500);

    public static async Task<AppHealth> AskAsync(AppState app, CancellationToken cancellationToken)
    {
        if (app is not { Health: AppHealth.Healthy, AppPort: { } port })
        {
            return app.Health;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(ConnectTime);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(app.AppAddress, port, deadline.Token);
            return AppHealth.Healthy;
        }
        catch (SocketException)
        {
            return AppHealth.Unhealthy;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return AppHealth.Unhealthy;
        }
    }
}
