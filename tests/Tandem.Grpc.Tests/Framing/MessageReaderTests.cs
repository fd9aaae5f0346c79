using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Net.Compression;
using Tandem.Grpc.Framing;
using Tandem.Grpc.Tests.Support;

namespace Tandem.Grpc.Tests.Framing;

public sealed class MessageReaderTests
{
    private static readonly GzipCompressionProvider Gzip = new(System.IO.Compression.CompressionLevel.Fastest);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task ReadAsync_InPieces_GivesEachMessage(int size)
    {
        byte[][] messages = [[1, 2, 3], [], [4], [.. Enumerable.Range(0, 255).Select(static i => (byte)i)], []];
        var pipe = new Pipe();
        var reader = Reader(pipe.Reader);
        var writing = Task.Run(async () =>
        {
            foreach (var piece in messages.SelectMany(static message => Wire.Message(message)).Chunk(size))
            {
                await pipe.Writer.WriteAsync(piece);
            }

            await pipe.Writer.CompleteAsync();
        });
        foreach (var message in messages)
        {
            Assert.Equal(message, await reader.ReadAsync(default));
        }

        Assert.Null(await reader.ReadAsync(default));
        await writing;
    }

    [Fact]
    public async Task ReadAsync_TooLarge_DoesNotWaitForIt()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Wire.Message([], length: 11));
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await Reader(pipe.Reader, limit: 10).ReadAsync(default));
        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
    }

    [Fact]
    public async Task ReadAsync_OfTheLimit_IsTaken()
        => Assert.Equal(10, (await Reader(Of(Wire.Message(new byte[10])), limit: 10).ReadAsync(default))!.Length);

    [Theory]
    [InlineData(1000, StatusCode.OK)]
    [InlineData(1001, StatusCode.ResourceExhausted)]
    public async Task ReadAsync_Compressed_IsLimitedByWhatItBecomes(int size, StatusCode expected)
    {
        var reader = Reader(Of(Wire.Message(Wire.Gzip(new byte[size]), flags: 1)), limit: 1000, encoding: "gzip");
        if (expected == StatusCode.OK)
        {
            Assert.Equal(size, (await reader.ReadAsync(default))!.Length);
        }
        else
        {
            Assert.Equal(expected, (await Assert.ThrowsAsync<RpcException>(async () => await reader.ReadAsync(default))).StatusCode);
        }
    }

    [Fact]
    public async Task ReadAsync_ABomb_AllocatesNoMoreThanTheLimit()
    {
        var bomb = Wire.Message(Wire.Bomb(200 << 20), flags: 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await Reader(Of(bomb), limit: 1 << 20, encoding: "gzip").ReadAsync(default));
        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }

    [Fact]
    public async Task ReadAsync_Cancelled_Stops()
    {
        using var source = new CancellationTokenSource();
        var reading = Reader(new Pipe().Reader).ReadAsync(source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reading);
    }

    private static PipeReader Of(byte[] bytes) => PipeReader.Create(new ReadOnlySequence<byte>(bytes));

    private static MessageReader<byte[]> Reader(PipeReader input, int? limit = null, string? encoding = null)
        => new(input, static context => context.PayloadAsNewBuffer(), limit, encoding, encoding is null ? null : Gzip);
}

public sealed class MessageWriterTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Write_EitherWayOfSerializers_IsFramed(bool saysLength)
    {
        var writer = new MessageWriter<byte[]>((value, context) =>
        {
            if (saysLength)
            {
                context.SetPayloadLength(value.Length);
                context.GetBufferWriter().Write(value);
                context.Complete();
            }
            else
            {
                context.Complete(value);
            }
        }, limit: 3);
        var output = new ArrayBufferWriter<byte>();
        writer.Write([1, 2, 3], output);
        writer.Write([], output);
        Assert.Equal([0, 0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0, 0], output.WrittenSpan.ToArray());
        Assert.Equal(StatusCode.ResourceExhausted, Assert.Throws<RpcException>(() => writer.Write([1, 2, 3, 4], output)).StatusCode);
        Assert.Equal(13, output.WrittenCount);
    }

    [Fact]
    public void Write_Compressed_SaysSoUnlessThereIsNothing()
    {
        var writer = new MessageWriter<byte[]>(static (value, context) => context.Complete(value), limit: null)
        {
            Compression = new GzipCompressionProvider(System.IO.Compression.CompressionLevel.Fastest),
        };
        Assert.Equal(1, First(new byte[1000]));
        Assert.Equal(0, First([]));
        Assert.Equal(0, First(new byte[1000], WriteFlags.NoCompress));

        byte First(byte[] message, WriteFlags flags = default)
        {
            var output = new ArrayBufferWriter<byte>();
            writer.Write(message, output, flags);
            return output.WrittenSpan[0];
        }
    }

    [Fact]
    public void Write_ASerializerThatForgets_IsNoMessage()
        => Assert.Throws<InvalidOperationException>(static () => new MessageWriter<byte[]>(static (_, _) => { }, limit: null).Write([], new ArrayBufferWriter<byte>()));
}
