using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Tandem.Runtime.Http1;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Http1;

/// <summary>The client for plain HTTP/1.1, against servers that do what servers do, and what they should not.</summary>
public sealed class Http1PoolTests
{
    [Fact]
    public async Task Send_RequestWithBody_IsOnTheWireAsItShouldBe()
    {
        string? head = null, body = null;
        await using var server = new ScriptedServer(async connection =>
        {
            head = await connection.ReadHeadAsync();
            body = await connection.ReadAsync(5);
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        using var pool = new Http1Pool("127.0.0.1", server.Port, ("own", "1"));

        await using (await pool.SendAsync(new TestRequest("POST", "/a%20b?c=d", Http1Body.Of("hello"u8.ToArray()), ("x-é", "ü")), "/prefix", "added: 2\r\n"u8.ToArray(), default).WithinAsync())
        {
        }

        Assert.Equal($"POST /prefix/a%20b?c=d HTTP/1.1\r\nHost: 127.0.0.1:{server.Port}\r\nown: 1\r\nadded: 2\r\nx-?: Ã¼\r\nContent-Length: 5\r\n\r\n", head);
        Assert.Equal("hello", body);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello", 200, "hello")]
    [InlineData("HTTP/1.1 200\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello", 200, "hello")]
    [InlineData("HTTP/1.1 404 Not Found\nContent-Length: 0\nX-A: b\n\n", 404, "")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n2\r\nhe\r\n3;extension=1\r\nllo\r\n0\r\nTrailer: x\r\n\r\n", 200, "hello")]
    [InlineData("HTTP/1.1 204 No Content\r\nX-A:b\r\n\r\n", 204, "")]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nX-A: b\r\n\r\n", 304, "")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: b\r\n\r\nok", 200, "ok")]
    public async Task Send_TwoRequests_ReadBothAnswersFromOneConnection(string answer, int status, string body)
    {
        await using var server = ScriptedServer.Answering(answer);
        using var pool = new Http1Pool("127.0.0.1", server.Port);

        for (var i = 0; i < 2; i++)
        {
            await using var exchange = await pool.SendAsync(new TestRequest(), "", default, default).WithinAsync();
            Assert.Equal(status, exchange.StatusCode);
            Assert.Equal("b", HeadersOf(exchange)["X-A"]);
            Assert.Equal(body, await ReadAllAsync(exchange));
        }

        Assert.Equal(1, server.Accepted);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello")]
    public async Task Send_AnswerThatEndsTheConnection_IsReadAndTheNextRequestConnectsAnew(string answer)
    {
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync(answer);
        });
        using var pool = new Http1Pool("127.0.0.1", server.Port);

        for (var i = 1; i <= 2; i++)
        {
            await using var exchange = await pool.SendAsync(new TestRequest(), "", default, default).WithinAsync();
            Assert.Equal("hello", await ReadAllAsync(exchange));
            Assert.Equal(i, server.Accepted);
        }
    }

    [Fact]
    public async Task Send_Head_HasNoBodyWhateverItsLength()
    {
        await using var server = ScriptedServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
        using var pool = new Http1Pool("127.0.0.1", server.Port);

        for (var i = 0; i < 2; i++)
        {
            await using var exchange = await pool.SendAsync(new TestRequest("HEAD"), "", default, default).WithinAsync();
            Assert.Equal("5", HeadersOf(exchange)["Content-Length"]);
            Assert.Equal("", await ReadAllAsync(exchange));
        }

        Assert.Equal(1, server.Accepted);
    }

    [Theory]
    [InlineData("hello\r\n\r\n")]
    [InlineData("HTTP/2 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n: nameless\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nname : x\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nnever ends")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello world\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")]
    public async Task Send_MalformedAnswer_IsAnErrorAndTheConnectionIsNotUsedAgain(string answer)
    {
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync(answer);
        });
        using var pool = new Http1Pool("127.0.0.1", server.Port);

        for (var i = 1; i <= 2; i++)
        {
            await Assert.ThrowsAsync<Http1Exception>(async () =>
            {
                await using var exchange = await pool.SendAsync(new TestRequest(), "", default, default).WithinAsync();
                HeadersOf(exchange);
                await ReadAllAsync(exchange);
            });
            Assert.Equal(i, server.Accepted);
        }
    }

    [Fact]
    public async Task Send_HeadWithoutEnd_IsRefusedBeforeItFillsTheMemory()
    {
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\n");
            while (true)
            {
                await connection.WriteAsync("x: " + new string('y', 1000) + "\r\n");
            }
        });
        using var pool = new Http1Pool("127.0.0.1", server.Port);

        var fault = await Assert.ThrowsAsync<Http1Exception>(() => pool.SendAsync(new TestRequest(), "", default, default).WithinAsync());

        Assert.Contains("64 KB", fault.Message);
    }

    [Fact]
    public async Task Send_KeptConnectionWasClosed_IsSentOnANewOne()
    {
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        using var pool = new Http1Pool("127.0.0.1", server.Port);

        for (var i = 0; i < 4; i++)
        {
            // Whether its end was seen before the request went out or after it.
            await using var exchange = await pool.SendAsync(new TestRequest(), "", default, default).WithinAsync();
            Assert.Equal(200, exchange.StatusCode);
        }

        Assert.Equal(4, server.Accepted);
    }

    [Fact]
    public async Task Send_ConnectionEndsInsteadOfAnAnswer_RepeatsOnlyWhatMayBeRepeated()
    {
        var requests = 0;
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            if (await connection.ReadHeadAsync() is not null)
            {
                Interlocked.Increment(ref requests);
            }
        });
        using var pool = new Http1Pool("127.0.0.1", server.Port);

        await using (await pool.SendAsync(new TestRequest(), "", default, default).WithinAsync())
        {
        }

        await Assert.ThrowsAsync<Http1Exception>(() => pool.SendAsync(new TestRequest("POST", body: Http1Body.Of("x"u8.ToArray())), "", default, default).WithinAsync());
        Assert.Equal(1, server.Accepted);
        await using (await pool.SendAsync(new TestRequest(), "", default, default).WithinAsync())
        {
        }

        await using (await pool.SendAsync(new TestRequest(), "", default, default).WithinAsync())
        {
            Assert.Equal(3, server.Accepted); // Two connections that answered once, and the one that repeated the GET.
        }
    }

    [Fact]
    public async Task Send_NothingListens_SaysThatItWasRefused()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0)); // Taken, and not listening.
        using var pool = new Http1Pool("127.0.0.1", ((System.Net.IPEndPoint)listener.LocalEndPoint!).Port);

        var fault = await Assert.ThrowsAsync<Http1Exception>(() => pool.SendAsync(new TestRequest(), "", default, default).WithinAsync());

        Assert.True(fault.IsRefused);
    }

    [Theory]
    [InlineData("/a b")]
    [InlineData("/a\r\nX: y")]
    [InlineData("/a\0")]
    public async Task Send_PathThatWouldBeTwoLines_IsNotSent(string path)
    {
        await using var server = ScriptedServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var pool = new Http1Pool("127.0.0.1", server.Port);

        await Assert.ThrowsAsync<Http1Exception>(() => pool.SendAsync(new TestRequest(path: path), "", default, default).WithinAsync());
        await Assert.ThrowsAsync<Http1Exception>(() => pool.SendAsync(new TestRequest(headers: ("x", "a\r\nb: c")), "", default, default).WithinAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_BodyThatIsEchoedAsItComes_FlowsBothWaysAtOnce(bool isLengthKnown)
    {
        const int Size = 8 * 1024 * 1024; // More than the sockets of both sides hold: who sends all before reading would wait for ever.
        await using var server = new ScriptedServer(async connection =>
        {
            var head = await connection.ReadHeadAsync();
            Assert.Contains(isLengthKnown ? $"Content-Length: {Size}" : "Transfer-Encoding: chunked", head);
            await connection.WriteAsync("HTTP/1.1 200 OK\r\n\r\n");
            await connection.Stream.CopyToAsync(connection.Stream);
        });
        using var pool = new Http1Pool("127.0.0.1", server.Port);
        var pipe = new Pipe();
        var writing = Task.Run(async () =>
        {
            var block = new byte[64 * 1024];
            for (var sent = 0; sent < Size; sent += block.Length)
            {
                await pipe.Writer.WriteAsync(block);
            }

            await pipe.Writer.CompleteAsync();
        });

        await using var exchange = await pool.SendAsync(new TestRequest("POST", body: Http1Body.Of(pipe.Reader, isLengthKnown ? Size : null)), "", default, default).WithinAsync();
        var target = new byte[16 * 1024];
        long received = 0;
        while (received < Size)
        {
            received += await exchange.ReadAsync(target, default).WithinAsync();
        }

        await writing.WithinAsync();
    }

    [Fact]
    public async Task Send_ChunksOfAConversation_ArriveOneByOne()
    {
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            while (await connection.ReadAsync(8) is "3\r\nabc\r\n")
            {
                await connection.WriteAsync("3\r\nxyz\r\n");
            }
        });
        using var pool = new Http1Pool("127.0.0.1", server.Port);
        var pipe = new Pipe();

        await using var exchange = await pool.SendAsync(new TestRequest("POST", body: Http1Body.Of(pipe.Reader, null)), "", default, default).WithinAsync();
        var target = new byte[100];
        for (var i = 0; i < 3; i++)
        {
            await pipe.Writer.WriteAsync("abc"u8.ToArray());
            Assert.Equal(3, await exchange.ReadAsync(target, default).WithinAsync());
        }
    }

    [Fact]
    public async Task Send_AnswerBeforeTheBodyIsThere_IsTheAnswer()
    {
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        });
        using var pool = new Http1Pool("127.0.0.1", server.Port);
        var pipe = new Pipe();

        await using (var exchange = await pool.SendAsync(new TestRequest("POST", body: Http1Body.Of(pipe.Reader, 1000)), "", default, default).WithinAsync())
        {
            Assert.Equal(413, exchange.StatusCode);
        }

        // The reader is the caller's again.
        await pipe.Writer.WriteAsync("x"u8.ToArray());
        Assert.True(pipe.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Send_BodyThatFails_FailsWithItsOwnError()
    {
        await using var server = ScriptedServer.Answering("");
        using var pool = new Http1Pool("127.0.0.1", server.Port);
        var pipe = new Pipe();
        await pipe.Writer.CompleteAsync(new InvalidDataException("the caller broke off"));

        var fault = await Assert.ThrowsAsync<InvalidDataException>(
            () => pool.SendAsync(new TestRequest("POST", body: Http1Body.Of(pipe.Reader, 100_000)), "", default, default).WithinAsync());

        Assert.Equal("the caller broke off", fault.Message);
    }

    [Fact]
    public async Task Send_Cancelled_EndsTheConnection()
    {
        var closed = new TaskCompletionSource();
        var arrived = new TaskCompletionSource();
        await using var server = new ScriptedServer(async connection =>
        {
            await connection.ReadHeadAsync();
            arrived.SetResult();
            Assert.Null(await connection.ReadHeadAsync());
            closed.SetResult();
        });
        using var pool = new Http1Pool("127.0.0.1", server.Port);
        using var patience = new CancellationTokenSource();

        var sending = pool.SendAsync(new TestRequest(), "", default, patience.Token).AsTask();
        await arrived.Task.WithinAsync();
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WithinAsync());
        await closed.Task.WithinAsync();
    }

    [Fact]
    public async Task Dispose_AnswerNotRead_DoesNotMixItWithTheNext()
    {
        var count = 0;
        await using var server = new ScriptedServer(async connection =>
        {
            while (await connection.ReadHeadAsync() is not null)
            {
                await connection.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{Interlocked.Increment(ref count)}");
            }
        });
        using var pool = new Http1Pool("127.0.0.1", server.Port);

        await (await pool.SendAsync(new TestRequest(), "", default, default).WithinAsync()).DisposeAsync();
        await using var second = await pool.SendAsync(new TestRequest(), "", default, default).WithinAsync();

        Assert.Equal("2", await ReadAllAsync(second));
    }

    [Fact]
    public async Task Send_ManyAtOnce_GetTheirOwnAnswers()
    {
        await using var server = new ScriptedServer(async connection =>
        {
            while (await connection.ReadHeadAsync() is { } head)
            {
                var path = head.Split(' ')[1];
                await connection.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Length: {path.Length}\r\n\r\n{path}");
            }
        });
        using var pool = new Http1Pool("localhost", server.Port);

        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            await using var exchange = await pool.SendAsync(new TestRequest(path: $"/{i}"), "", default, default).WithinAsync();
            Assert.Equal($"/{i}", await ReadAllAsync(exchange));
        });

        Assert.InRange(server.Accepted, 1, 16);
    }

    private static Dictionary<string, string> HeadersOf(Http1Connection exchange)
    {
        var found = new Dictionary<string, string>();
        var headers = exchange.Headers;
        while (headers.MoveNext())
        {
            found[headers.Name] = headers.Value;
        }

        return found;
    }

    private static async Task<string> ReadAllAsync(Http1Connection exchange)
    {
        var text = new StringBuilder();
        var target = new byte[3];
        while (await exchange.ReadAsync(target, default).WithinAsync() is > 0 and var count)
        {
            text.Append(Encoding.UTF8.GetString(target, 0, count));
        }

        return text.ToString();
    }
}
