namespace Tandem.Runtime.Actors.Placement;

/// <summary>
/// Scores of a host for an actor: the host with the highest score has it. Every sidecar computes the same without talking to any other,
/// and when a host comes or goes only the actors that it gets or had move.
/// </summary>
internal static class RendezvousHash
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>The score. It must never change: sidecars of different versions run side by side.</summary>
    public static ulong Score(string host, string actorType, string actorId)
    {
        var hash = Add(Add(Add(Offset, host), actorType), actorId);

        // FNV alone leaves its high bits to the last characters: mix, so that the highest score is anybody's.
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }

    private static ulong Add(ulong hash, string text)
    {
        foreach (var character in text)
        {
            hash = (hash ^ (byte)character) * Prime;
            hash = (hash ^ (byte)(character >> 8)) * Prime;
        }

        // A separator that is no character: "a"+"bc" is not "ab"+"c".
        return (hash ^ 0x1ff) * Prime;
    }
}
