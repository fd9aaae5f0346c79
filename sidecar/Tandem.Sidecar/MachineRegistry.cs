namespace Tandem.Sidecar;

/// <summary>Where the sidecars of a machine find each other unless a Configuration says otherwise: one small file for each user.</summary>
internal static class MachineRegistry
{
    /// <summary>The registry's file; its folder is made when it is not there.</summary>
    public static string Path => System.IO.Path.Combine(TandemHome.Create(), "registry.db");
}
