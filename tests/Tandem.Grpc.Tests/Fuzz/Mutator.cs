using Tandem.Grpc.Tests.Support;

namespace Tandem.Grpc.Tests.Fuzz;

/// <summary>Makes wrong what was right: bytes, headers, frames.</summary>
internal sealed class Mutator(Random random)
{
    private const int LargestFrame = 16_384;

    private static readonly (string Name, string[] Values)[] Nasty =
    [
        ("grpc-timeout", ["", "1", "-1S", "999999999S", "1n", "0m", "10m", "abc", "99999999H"]),
        ("grpc-encoding", ["gzip", "deflate", "brotli", "", "identity", "gzip,gzip", "\u00ff"]),
        ("grpc-accept-encoding", ["", ",,,", "gzip", "nothing"]),
        ("content-type", ["application/grpc+proto", "text/html", "application/grpcx", "application/grpc;"]),
        ("te", ["", "gzip", "trailers, deflate"]),
        ("x-data-bin", ["AAAA", "*", "A", "AAAA,,AA==", "AA==AA=="]),
        ("x-text", ["", " ", "\u00e9", "a\tb"]),
        ("X-UPPER", ["x"]),
        ("dapr-app-id", ["nobody", "", "fuzz", "a/b"]),
        ("dapr-api-token", ["", "wrong"]),
        ("traceparent", ["00-0-0-0", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "x"]),
        (":path", ["/", "/a", "//", "/a/b/c", "*", "\u00ff", "/%00/x"]),
        (":method", ["GET", "", "POST POST"]),
        ("connection", ["close"]),
        ("content-length", ["0", "-1", "5", "99999999999999999999"]),
    ];

    /// <summary>Some of these bytes are others, gone, doubled, or more.</summary>
    public byte[] Bytes(byte[] bytes)
    {
        var mutated = new List<byte>(bytes);
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(mutated.Count + 1);
            var length = Math.Min(random.Next(1, 20), mutated.Count - at);
            switch (random.Next(7))
            {
                case 0 when at < mutated.Count:
                    mutated[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < mutated.Count:
                    mutated[at] = (byte)random.Next(256);
                    break;
                case 2:
                    mutated.RemoveRange(at, length);
                    break;
                case 3:
                    mutated.InsertRange(at, mutated.GetRange(at, length));
                    break;
                case 4:
                    var noise = new byte[random.Next(1, 30)];
                    random.NextBytes(noise);
                    mutated.InsertRange(at, noise);
                    break;
                case 5:
                    mutated.RemoveRange(at, mutated.Count - at);
                    break;
                default:
                    for (var j = at; j < at + Math.Min(4, length); j++)
                    {
                        mutated[j] = random.Next(2) == 0 ? (byte)0 : (byte)255;
                    }

                    break;
            }
        }

        return [.. mutated];
    }

    /// <summary>A body of one or more messages, some of them wrong.</summary>
    public byte[] Body(byte[] message)
    {
        var body = new List<byte>();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            body.AddRange(random.Next(8) switch
            {
                0 => Wire.Message(message),
                1 => Wire.Message(Bytes(message)),
                2 => Wire.Message(message, length: (uint)random.Next()),
                3 => Wire.Message(message, flags: (byte)random.Next(256)),
                4 => Wire.Message(Wire.Gzip(message), flags: 1),
                5 => Wire.Message(Bytes(Wire.Gzip(message)), flags: 1),
                6 => Wire.Message(Wire.Bomb(random.Next(1, 8 << 20)), flags: 1),
                _ => Bytes(Wire.Message(message)),
            });
        }

        return [.. body];
    }

    /// <summary>Headers, some of them wrong, doubled or gone.</summary>
    public (string, string)[] Headers((string Name, string Value)[] headers)
    {
        var mutated = new List<(string Name, string Value)>(headers);
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var (name, values) = Nasty[random.Next(Nasty.Length)];
            var header = (name, values[random.Next(values.Length)]);
            var at = mutated.FindIndex(each => each.Name == name);
            switch (random.Next(4))
            {
                case 0 when at >= 0:
                    mutated[at] = header;
                    break;
                case 1 when mutated.Count > 0:
                    mutated.RemoveAt(random.Next(mutated.Count));
                    break;
                case 2 when random.Next(5) == 0:
                    mutated.Add(("x-large", new string('x', random.Next(1, 15_000))));
                    break;
                default:
                    mutated.Add(header);
                    break;
            }
        }

        return [.. mutated];
    }

    /// <summary>A request or an answer in frames: its headers, its body in pieces, its trailers.</summary>
    public List<byte[]> Message(int stream, (string, string)[] headers, byte[] body, (string, string)[]? trailers)
    {
        var frames = new List<byte[]> { Frames.Frame(Frames.Headers, Frames.EndHeaders, stream, Frames.Block(headers)) };
        for (var at = 0; at < body.Length;)
        {
            var length = Math.Min(body.Length - at, random.Next(1, LargestFrame));
            frames.Add(Frames.Frame(Frames.Data, 0, stream, body.AsSpan(at, length)));
            at += length;
        }

        frames.Add(trailers is null
            ? Frames.Frame(Frames.Data, Frames.EndStream, stream)
            : Frames.Frame(Frames.Headers, Frames.EndHeaders | Frames.EndStream, stream, Frames.Block(trailers)));
        return frames;
    }

    /// <summary>Frames that nobody waits for, in the midst of others; some that are gone or wrong.</summary>
    public void Disturb(List<byte[]> frames, int stream)
    {
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(frames.Count + 1);
            switch (random.Next(6))
            {
                case 0 when at < frames.Count:
                    frames.RemoveAt(at);
                    break;
                case 1 when at < frames.Count && frames[at].Length > 0:
                    frames[at] = Bytes(frames[at]);
                    break;
                case 2 when at < frames.Count && frames[at].Length > 8:
                    frames[at][random.Next(3, 9)] = (byte)random.Next(256);
                    break;
                default:
                    frames.Insert(at, random.Next(8) switch
                    {
                        0 => Frames.ResetStream(stream, random.Next(15)),
                        1 => Frames.Frame(Frames.WindowUpdate, 0, random.Next(2) * stream, Frames.Number(random.Next(3) == 0 ? int.MaxValue : random.Next(10))),
                        2 => Frames.Frame(Frames.Ping, 0, 0, new byte[random.Next(4) == 0 ? 7 : 8]),
                        3 => Frames.Frame(Frames.GoAway, 0, 0, new byte[8]),
                        4 => Frames.Frame(Frames.Settings, 0, 0, 0, (byte)random.Next(8), 0, 0, 0, (byte)random.Next(256)),
                        5 => Frames.Frame((byte)random.Next(256), (byte)random.Next(256), random.Next(10), new byte[random.Next(20)]),
                        6 => Frames.Frame(Frames.Data, Frames.EndStream, stream),
                        _ => Frames.Frame(Frames.Continuation, Frames.EndHeaders, stream, Frames.Block(("x", "y"))),
                    });
                    break;
            }
        }
    }
}
