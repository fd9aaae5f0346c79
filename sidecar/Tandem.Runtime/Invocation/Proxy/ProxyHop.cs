using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Http2;

namespace Tandem.Runtime.Invocation.Proxy;

/// <summary>Where a proxied call goes next: to the app itself, or to the sidecar that stands beside it.</summary>
/// <param name="Channel">The way there.</param>
/// <param name="Headers">What the next one is told besides the caller's metadata.</param>
/// <param name="App">The app, when it is the next one.</param>
/// <param name="PeerAddress">The sidecar, when it is the next one.</param>
public readonly record struct ProxyHop(Http2Channel Channel, AddedHeaders Headers, AppChannelBase? App, string? PeerAddress = null);
