using System.Net.Sockets;

namespace Tandem.Sidecar.Hosting;

/// <summary>The file of a socket that a sidecar listens on.</summary>
internal static class UnixSocketFile
{
    /// <summary>Clears the way for the socket: what a process that is gone left behind is deleted.</summary>
    /// <returns>Why the socket cannot be opened, if it cannot.</returns>
    public static string? Prepare(string path)
    {
        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            return $"--unix-domain-socket: folder '{Path.GetDirectoryName(path)}' does not exist";
        }

        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return $"--unix-domain-socket: another process listens on '{path}'";
        }
        catch (SocketException)
        {
            File.Delete(path);
            return null;
        }
        catch (ArgumentException exception)
        {
            return $"--unix-domain-socket: '{path}' cannot be a socket: {exception.Message}";
        }
    }
}
