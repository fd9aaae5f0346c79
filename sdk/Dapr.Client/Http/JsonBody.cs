using System.Buffers;
using System.Text.Json;

namespace Dapr;

/// <summary>Writes request bodies straight as UTF-8.</summary>
internal static class JsonBody
{
    public static ReadOnlyMemory<byte> Write<TState>(TState state, Action<Utf8JsonWriter, TState> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer, state);
        }

        return buffer.WrittenMemory;
    }
}
