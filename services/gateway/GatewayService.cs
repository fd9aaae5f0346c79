namespace Tandem.Gateway;

/// <summary>Names this assembly to whoever hosts it.</summary>
public sealed class GatewayService;
