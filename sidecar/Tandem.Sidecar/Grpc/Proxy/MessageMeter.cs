using System.Buffers.Binary;
using Grpc.Core;

namespace Tandem.Sidecar.Grpc.Proxy;

/// <summary>Follows the messages of a stream by the lengths before them, so that one which is too large is not passed on.</summary>
internal struct MessageMeter(long limit)
{
    private const int PrefixLength = 5;

    private long _left;
    private ulong _prefix;
    private int _prefixRead;

    /// <summary>Bytes that are about to be passed on.</summary>
    /// <exception cref="RpcException">A message is too large.</exception>
    public void Pass(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            if (_left >= bytes.Length)
            {
                _left -= bytes.Length;
                return;
            }

            bytes = bytes[(int)_left..];
            _left = 0;
            if (_prefixRead == 0 && bytes.Length >= PrefixLength)
            {
                _left = BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
                bytes = bytes[PrefixLength..];
            }
            else
            {
                _prefix = (_prefix << 8) | bytes[0];
                bytes = bytes[1..];
                if (++_prefixRead < PrefixLength)
                {
                    continue;
                }

                _left = (uint)_prefix;
                _prefix = 0;
                _prefixRead = 0;
            }

            if (_left > limit)
            {
                throw new RpcException(new Status(StatusCode.ResourceExhausted, $"a message of {_left} bytes is larger than {limit} (--max-body-size)"));
            }
        }
    }
}
