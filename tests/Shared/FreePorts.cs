using System.Net;
using System.Net.Sockets;

namespace Tandem.Testing;

/// <summary>
/// Ports that nobody listens on: below those that the system gives to outgoing connections, and below those that <c>tandem run</c> chooses
/// for its sidecars, so that nobody takes one between the choice and its use. The tests' processes that run at the same time keep out of each
/// other's way: a port that was given is locked, as a byte of one file, until the end of the process. (Tests in JavaScript choose above these.)
/// </summary>
public static class FreePorts
{
    private const int First = 10_000;
    private const int Count = 7_000;

    private static readonly FileStream Locks = new(
        Path.Combine(Path.GetTempPath(), "tandem-test-ports"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);

    private static int _next = Random.Shared.Next(Count);

    /// <summary>A port that this process was not given before.</summary>
    public static int Take()
    {
        while (true)
        {
            var port = First + ((Interlocked.Increment(ref _next) & int.MaxValue) % Count);
            if (TryLock(port) && IsFree(port))
            {
                return port;
            }
        }
    }

    private static bool TryLock(int port)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsWindows())
        {
            // No such locks there: the random start of each process has to do.
            return true;
        }

        try
        {
            lock (Locks)
            {
                Locks.Lock(port, 1);
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
