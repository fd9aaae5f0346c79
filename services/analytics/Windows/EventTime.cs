using System.Buffers.Binary;
using Tandem.ServiceDefaults;

namespace Tandem.Analytics;

/// <summary>
/// When an event happened. The ids of the mesh's events are UUIDv7, whose leading 48 bits are the millisecond at which the event was made,
/// and an id never changes; the envelope's time is that of the publishing, which may be long after and differs from one attempt to the next.
/// </summary>
internal static class EventTime
{
    private const int Version7 = 7;

    public static DateTimeOffset Of(EventMetadata metadata)
    {
        if (!Guid.TryParseExact(metadata.Id, "D", out var id) || id.Version != Version7)
        {
            return metadata.Time;
        }

        Span<byte> bytes = stackalloc byte[18];
        id.TryWriteBytes(bytes[2..], bigEndian: true, out _);
        return DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes) & 0xFFFF_FFFF_FFFF);
    }
}
