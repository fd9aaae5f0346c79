using System.Collections.Frozen;

namespace Tandem.ServiceDefaults;

/// <summary>
/// Which service may speak for itself to which: those alone whose work needs it. Others are nobody there, whatever their sidecar says of them,
/// so a service that somebody took over cannot reach further than it had to. A new call between services needs its line here.
/// </summary>
internal static class MeshCallers
{
    private static readonly FrozenDictionary<string, string[]> Known = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["gateway"] = [],
        ["identity"] = ["notification"],
        ["product"] = ["basket", "order"],
        ["basket"] = ["order", "payment"],
        ["order"] = ["payment"],
        ["payment"] = ["order"],
        ["notification"] = [],
        ["analytics"] = [],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether the callee listens to this caller; a callee that is not of the shop says so itself.</summary>
    public static bool MayCall(string caller, string callee) => !Known.TryGetValue(callee, out var callers) || Array.IndexOf(callers, caller) >= 0;
}
