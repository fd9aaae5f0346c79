using System.Net;
using System.Net.Sockets;

namespace Tandem.Testing;

/// <summary>
/// Ports that nobody listens on: below those that the system gives to outgoing connections, and below those that <c>tandem run</c> chooses
/// for its sidecars, so that nobody takes one between the choice and its use.
/// </summary>
public static class FreePorts
{
    private const int First = 10_000;
    private const int Count = 9_500;

    private static int _next = Random.Shared.Next(Count);

    /// <summary>A port that this process was not given before.</summary>
    public static int Take()
    {
        while (true)
        {
            var port = First + ((Interlocked.Increment(ref _next) & int.MaxValue) % Count);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }
    }
}
