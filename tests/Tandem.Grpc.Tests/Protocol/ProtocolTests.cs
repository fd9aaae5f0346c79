using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Tandem.Grpc.Protocol;

namespace Tandem.Grpc.Tests.Protocol;

public sealed class GrpcTimeoutTests
{
    [Theory]
    [InlineData("1n", 0)]
    [InlineData("99999999n", 999_999)]
    [InlineData("1u", 10)]
    [InlineData("1m", 10_000)]
    [InlineData("1S", 10_000_000)]
    [InlineData("2M", 1_200_000_000)]
    [InlineData("3H", 108_000_000_000)]
    [InlineData("0S", 0)]
    [InlineData("00000001S", 10_000_000)]
    public void TryParse_Valid_GivesTheTime(string value, long ticks)
    {
        Assert.True(GrpcTimeout.TryParse(value, out var timeout));
        Assert.Equal(ticks, timeout.Ticks);
    }

    [Fact]
    public void TryParse_OfYears_IsWhatATimerCanWait()
    {
        Assert.True(GrpcTimeout.TryParse("99999999H", out var timeout));
        using var source = new CancellationTokenSource();
        source.CancelAfter(timeout);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("1s")]
    [InlineData("-1S")]
    [InlineData("+1S")]
    [InlineData("1 S")]
    [InlineData(" 1S")]
    [InlineData("1.0S")]
    [InlineData("1e3S")]
    [InlineData("123456789S")]
    [InlineData("١S")]
    public void TryParse_Malformed_IsFalse(string value) => Assert.False(GrpcTimeout.TryParse(value, out _));

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(1)]
    [InlineData(1234)]
    [InlineData(99_999_999_999)]
    [InlineData(1_234_567_890_123)]
    [InlineData(long.MaxValue)]
    public void Format_AnyTime_IsAtLeastThatInEightDigits(long ticks)
    {
        var text = GrpcTimeout.Format(TimeSpan.FromTicks(ticks));
        Assert.Matches("^[0-9]{1,8}[numSMH]$", text);
        Assert.True(GrpcTimeout.TryParse(text, out var timeout));
        // Never earlier there than here; later by a hundred-thousandth at most, as long as a timer can wait so long.
        var limit = Math.Min(Math.Max(ticks, 1), int.MaxValue * TimeSpan.TicksPerMillisecond);
        Assert.InRange(timeout.Ticks, Math.Min(limit, TimeSpan.FromMilliseconds(int.MaxValue - 1).Ticks), limit + (limit / 100_000) + 1);
    }
}

public sealed class PercentEncodingTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain text, with signs: ~!@#$^&*()", "plain text, with signs: ~!@#$^&*()")]
    [InlineData("100%", "100%25")]
    [InlineData("a\tb\r\n", "a%09b%0D%0A")]
    [InlineData("☃", "%E2%98%83")]
    [InlineData("😀", "%F0%9F%98%80")]
    [InlineData("\u007f", "%7F")]
    public void Encode_AnyText_IsPrintableAscii(string text, string expected)
    {
        Assert.Equal(expected, PercentEncoding.Encode(text));
        Assert.Equal(text, PercentEncoding.Decode(expected));
    }

    [Theory]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz", "%zz")]
    [InlineData("%41%", "A%")]
    [InlineData("%e2%98%83", "☃")]
    [InlineData("%ff", "\ufffd")]
    public void Decode_Malformed_StaysAsItIs(string encoded, string expected) => Assert.Equal(expected, PercentEncoding.Decode(encoded));
}

public sealed class BinaryHeaderTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("AA", "00")]
    [InlineData("AA==", "00")]
    [InlineData("AAE", "0001")]
    [InlineData("AAE=", "0001")]
    [InlineData(" AAEC ", "000102")]
    public void Decode_PaddedOrNot_GivesTheBytes(string text, string hex) => Assert.Equal(hex, Convert.ToHexString(BinaryHeader.Decode(text)!));

    [Theory]
    [InlineData("A")]
    [InlineData("****")]
    [InlineData("AA-_")]
    [InlineData("A=A=")]
    public void Decode_NotBase64_IsNull(string text) => Assert.Null(BinaryHeader.Decode(text));

    [Fact]
    public void Encode_AnyLength_ComesBack()
    {
        for (var length = 0; length < 20; length++)
        {
            var bytes = new byte[length];
            new Random(length).NextBytes(bytes);
            var text = BinaryHeader.Encode(bytes);
            Assert.DoesNotContain('=', text);
            Assert.Equal(bytes, BinaryHeader.Decode(text));
        }
    }
}

public sealed class StatusMappingTests
{
    [Fact]
    public void FromException_OfTheTransport_HasItsStatus()
    {
        Assert.Equal(StatusCode.Unavailable, StatusMapping.FromException(new HttpRequestException("x", new System.Net.Sockets.SocketException(111))).StatusCode);
        Assert.Equal(StatusCode.Cancelled, StatusMapping.FromException(new IOException("x", new HttpProtocolException(8, "x", null))).StatusCode);
        Assert.Equal(StatusCode.Unavailable, StatusMapping.FromException(new HttpIOException(HttpRequestError.ResponseEnded)).StatusCode);
        Assert.Equal(StatusCode.Internal, StatusMapping.FromException(new HttpRequestException(HttpRequestError.InvalidResponse)).StatusCode);
        Assert.Equal(StatusCode.Internal, StatusMapping.FromException(new FormatException()).StatusCode);
    }
}

public sealed class MetadataHeadersTests
{
    [Fact]
    public void Read_OfARequest_LeavesOutWhatIsNotTheApplications()
    {
        var headers = new HeaderDictionary
        {
            ["te"] = "trailers",
            ["content-type"] = "application/grpc",
            ["grpc-timeout"] = "1S",
            ["grpc-encoding"] = "gzip",
            ["user-agent"] = "grpc-x",
            ["x-one"] = new(["a", "b"]),
            ["x-data-bin"] = "AA,AAE=,",
            ["authorization"] = "Bearer t",
        };
        var metadata = MetadataHeaders.Read(headers);
        Assert.Equal(["authorization", "user-agent", "x-data-bin", "x-data-bin", "x-data-bin", "x-one", "x-one"], metadata.Select(static entry => entry.Key).Order());
        Assert.Equal(["00", "0001", ""], metadata.GetAll("x-data-bin").Select(static entry => Convert.ToHexString(entry.ValueBytes)));
        Assert.Equal(["a", "b"], metadata.GetAll("x-one").Select(static entry => entry.Value));
    }

    [Fact]
    public void WriteStatus_WithATextInAnyLetters_IsEncoded()
    {
        var headers = new HeaderDictionary();
        MetadataHeaders.WriteStatus(headers, new Status(StatusCode.NotFound, "nö\n"), new Metadata { { "x", "1" }, { "x", "2" }, { "grpc-status", "0" } });
        Assert.Equal(("5", "n%C3%B6%0A"), (headers["grpc-status"].ToString(), headers["grpc-message"].ToString()));
        Assert.Equal(2, headers["x"].Count);
    }
}
