using System.Reflection;

namespace Tandem.Sidecar;

/// <summary>The version that the sidecar tells.</summary>
internal static class SidecarVersion
{
    public static string Current { get; } = typeof(SidecarVersion).Assembly.GetName().Version?.ToString(3)
        ?? typeof(SidecarVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "0.0.0";
}
