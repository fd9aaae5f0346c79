using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Tandem.Cli.Run.Planning;

/// <summary>Chooses free ports of this machine, none twice.</summary>
internal sealed class PortChooser(IEnumerable<int> given)
{
    // Below the ports that systems give to outgoing connections (Linux from 32768, IANA from 49152): one of those could take a chosen port
    // before it is listened on.
    private const int First = 20_000;
    private const int Count = 12_000;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private static int _next = Random.Shared.Next(Count);

    private readonly HashSet<int> _taken = [.. given];
    private readonly List<int> _chosen = [];

    /// <summary>The ports that were chosen so far.</summary>
    public IReadOnlyCollection<int> Chosen => _chosen;

    /// <summary>The preferred port when it is free, else any that is.</summary>
    public int Choose(int? preferred)
    {
        var port = preferred is { } wanted && !_taken.Contains(wanted) && IsFree(wanted) ? wanted : AnyFree();
        while (!_taken.Add(port))
        {
            port = AnyFree();
        }

        _chosen.Add(port);
        return port;
    }

    public static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }

    /// <summary>Whether the port is free, now or until the deadline (a <see cref="Stopwatch"/> timestamp).</summary>
    public static bool IsFreeSoon(int port, long deadline)
    {
        while (!IsFree(port))
        {
            if (Stopwatch.GetTimestamp() >= deadline)
            {
                return false;
            }

            Thread.Sleep(PollInterval);
        }

        return true;
    }

    private static int AnyFree()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + ((Interlocked.Increment(ref _next) & int.MaxValue) % Count);
            if (IsFree(port))
            {
                return port;
            }
        }

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
