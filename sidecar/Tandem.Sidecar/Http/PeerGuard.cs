using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Peers;

namespace Tandem.Sidecar.Http;

/// <summary>
/// Lets only sidecars that know the token use the internal listener. What comes in there names its caller by itself, and any process of
/// the machine can reach the port.
/// </summary>
internal sealed class PeerGuard(string token)
{
    private readonly byte[] _token = Encoding.UTF8.GetBytes(token);

    /// <summary>Whether the request carries the token.</summary>
    public bool Admits(HttpContext http)
        => CryptographicOperations.FixedTimeEquals(_token, Encoding.UTF8.GetBytes(http.Request.Headers[PeerChannel.TokenHeader].ToString()));
}
