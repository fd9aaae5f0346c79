namespace Tandem.Identity;

/// <summary>Names this assembly to whoever hosts it.</summary>
public sealed class IdentityService;
