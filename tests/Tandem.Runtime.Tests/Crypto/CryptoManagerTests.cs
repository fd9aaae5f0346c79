using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Components;
using Tandem.Components.Metadata;
using Tandem.Runtime.Components;
using Tandem.Runtime.Crypto;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Resiliency;
using Tandem.Runtime.Resources;
using Tandem.Sidecar;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Crypto;

public sealed class CryptoManagerTests : IDisposable
{
    /// <summary>"hello world", written by another implementation of the scheme with the key of bytes 0 to 31.</summary>
    private const string Known =
        "ZGFwci5pby9lbmMvdjEKeyJrIjoia2VrIiwia3ciOjEsIndmayI6IkFtRVYwQXkyck9sdG5pd0hUdmVQUmtxaGlsTXJ4b3pzKzFFWEVKa1EzdDJTUzI2UlFqTThEdz09IiwiY3BoIjoxLCJucCI6ImRH"
        + "RnVaR1Z0SVE9PSJ9Cm9LZkc0c0gyTXhYZkNPaFFPNkFUVkxBdnkrZTdZbDRmNDdmZW9UU0FPZ1U9CpdN13yxuXwr8MiME4HaIiifIDPlrNkAiv0wvQ==";

    private readonly TemporaryFolder _folder = new();
    private readonly CryptoManager _crypto;

    public CryptoManagerTests()
    {
        File.WriteAllBytes(_folder["kek"], [.. Enumerable.Range(0, 32).Select(static i => (byte)i)]);
        File.WriteAllBytes(_folder["other"], new byte[32]);
        var metadata = new ComponentMetadata(new Dictionary<string, string> { ["path"] = _folder.Path });
        var provider = BuiltInComponents.CreateCatalog().CryptoProviders.Create(new ComponentContext
        {
            Name = "keys",
            Type = "crypto.dapr.localstorage",
            Metadata = metadata,
            AppId = "app",
            LoggerFactory = NullLoggerFactory.Instance,
        });
        var resource = new ComponentResource { Id = new ResourceId("crypto.yaml", 1, "Component", "keys"), Type = "crypto.dapr.localstorage", Version = "v1", Metadata = [] };
        _crypto = new CryptoManager(new ComponentSet([new LoadedComponent(resource, metadata, provider)]), new ResiliencyPolicies([], TimeProvider.System));
    }

    [Theory]
    [InlineData(Known, "hello world")]
    [InlineData( // ChaCha20-Poly1305
        "ZGFwci5pby9lbmMvdjEKeyJrIjoia2VrIiwia3ciOjEsIndmayI6IkFtRVYwQXkyck9sdG5pd0hUdmVQUmtxaGlsTXJ4b3pzKzFFWEVKa1EzdDJTUzI2UlFqTThEdz09IiwiY3BoIjoyLCJucCI6ImRH"
        + "RnVaR1Z0SVE9PSJ9CmI1ZjFMRk5VTE1Kdzg2YjVCbnlJbmdrTjN4bXhwQzJoeUlZSzRMRFF6Ync9CiMEqurf1YsBGjUfXNcYLQOq/WDXWUCOd0wBVg==",
        "hello world")]
    [InlineData( // A256CBC-NOPAD
        "ZGFwci5pby9lbmMvdjEKeyJrIjoia2VrIiwia3ciOjQsIndmayI6Ims5Z1JJTFlndTAxK2piK3I1citRM0VaSmhPY0RkRlhIakZoeFFTdExxK2s9IiwiY3BoIjoxLCJucCI6ImRHRnVaR1Z0SVE9PSJ9"
        + "CmdFQUFzcFZLb2lURlBKYUR4V3lLb3ZUTHA5RjFJMXVEV0lOdE9lVEdFczA9CpdN13yxuXwr8MiME4HaIiifIDPlrNkAiv0wvQ==",
        "hello world")]
    [InlineData( // an empty document
        "ZGFwci5pby9lbmMvdjEKeyJrIjoia2VrIiwia3ciOjEsIndmayI6IkFtRVYwQXkyck9sdG5pd0hUdmVQUmtxaGlsTXJ4b3pzKzFFWEVKa1EzdDJTUzI2UlFqTThEdz09IiwiY3BoIjoxLCJucCI6ImRH"
        + "RnVaR1Z0SVE9PSJ9Cm9LZkc0c0gyTXhYZkNPaFFPNkFUVkxBdnkrZTdZbDRmNDdmZW9UU0FPZ1U9CgPww+7feI3M8iJapni9Xg0=",
        "")]
    public async Task DecryptAsync_AKnownDocument_GivesItsText(string document, string text)
        => Assert.Equal(text, Encoding.UTF8.GetString(await DecryptAsync(Convert.FromBase64String(document))));

    [Fact]
    public async Task DecryptAsync_ADocumentThatNamesNoKey_NeedsOneNamed()
    {
        var document = Convert.FromBase64String(
            "ZGFwci5pby9lbmMvdjEKeyJrdyI6MSwid2ZrIjoiQW1FVjBBeTJyT2x0bml3SFR2ZVBSa3FoaWxNcnhvenMrMUVYRUprUTN0MlNTMjZSUWpNOER3PT0iLCJjcGgiOjEsIm5wIjoiZEdGdVpHVnRJUT09In0K"
            + "cGtxd2h4emlIN0NMWG1zNGN2WVBqNVM1Vk0vanFTWFNjWWVnZklLOGFZdz0Kl03XfLG5fCvwyIwTgdoiKJ8gM+Ws2QCK/TC9");
        Assert.Equal("hello world", Encoding.UTF8.GetString(await DecryptAsync(document, "kek")));
        var error = (await Assert.ThrowsAsync<DaprException>(() => DecryptAsync(document))).Error;
        Assert.Equal((500, "ERR_CRYPTO"), (error.Status, error.Code));
    }

    [Theory]
    [InlineData(0, "aes-gcm")]
    [InlineData(1, "aes-gcm")]
    [InlineData(65_535, "chacha20-poly1305")]
    [InlineData(65_536, "aes-gcm")]
    [InlineData(65_537, "aes-gcm")]
    [InlineData(131_072, "chacha20-poly1305")]
    [InlineData(300_000, null)]
    public async Task EncryptAsync_AnyLength_IsDecryptedAgain(int length, string? cipher)
    {
        var data = Data(length);
        var document = await EncryptAsync(data, new EncryptRequest("kek", "AES") { Cipher = cipher });
        Assert.Equal(data, await DecryptAsync(document));
        Assert.Equal(Math.Max(1, (length + 65_535) / 65_536) * 16, document.Length - HeaderLength(document) - length);
    }

    [Theory]
    [InlineData(false, null, "{\"k\":\"kek\",\"kw\":1,")]
    [InlineData(false, "other", "{\"k\":\"other\",\"kw\":1,")]
    [InlineData(true, "other", "{\"kw\":1,")]
    public async Task EncryptAsync_TheHeader_NamesTheKeyThatDecrypts(bool omit, string? decryptionKey, string manifest)
    {
        var document = await EncryptAsync(Data(3), new EncryptRequest("kek", "A256KW") { OmitKeyName = omit, DecryptionKeyName = decryptionKey });
        Assert.StartsWith("dapr.io/enc/v1\n" + manifest, Encoding.Latin1.GetString(document), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DecryptAsync_AnyBitChanged_IsAnError()
    {
        var document = Convert.FromBase64String(Known);
        for (var at = 0; at < document.Length; at++)
        {
            var changed = (byte[])document.Clone();
            changed[at] ^= 1;
            var refused = await Record.ExceptionAsync(() => DecryptAsync(changed, "kek"));
            Assert.True(refused is DaprException { Error.Code: "ERR_CRYPTO" }, $"byte {at}: {refused}");
        }
    }

    [Fact]
    public async Task DecryptAsync_CutOffAnywhere_IsAnErrorAndNeverAWholeDocument()
    {
        const int Segment = 65_536 + 16;
        var document = await EncryptAsync(Data(150_000), new EncryptRequest("kek", "A256KW"));
        var header = HeaderLength(document);
        foreach (var length in (int[])[0, 5, 15, header - 1, header, header + 1, header + 15, header + Segment - 1, header + Segment, header + Segment + 16, header + (2 * Segment), document.Length - 1])
        {
            await Assert.ThrowsAsync<DaprException>(() => DecryptAsync(document[..length]));
        }

        byte[] withoutTheSecond = [.. document[..(header + Segment)], .. document[(header + (2 * Segment))..]];
        await Assert.ThrowsAsync<DaprException>(() => DecryptAsync(withoutTheSecond));
        await Assert.ThrowsAsync<DaprException>(() => DecryptAsync([.. document, 0]));
    }

    [Fact]
    public async Task DecryptAsync_ALaterSegmentChanged_GivesOutOnlyWhatIsRight()
    {
        var data = Data(150_000);
        var document = await EncryptAsync(data, new EncryptRequest("kek", "A256KW"));
        document[HeaderLength(document) + 70_000] ^= 1;
        var output = new MemoryStream();
        await Assert.ThrowsAsync<DaprException>(() => RunAsync(document, output, (input, writer) => _crypto.DecryptAsync("keys", null, input, writer, default)));
        Assert.Equal(data[..65_536], output.ToArray());
    }

    [Theory]
    [InlineData("dapr.io/enc/v1\n\n\n")]
    [InlineData("dapr.io/enc/v2\n{}\nAA==\n")]
    [InlineData("dapr.io/enc/v1\n{\"kw\":9,\"wfk\":\"AA==\",\"cph\":1,\"np\":\"dGFuZGVtIQ==\"}\nAA==\n")]
    [InlineData("dapr.io/enc/v1\n{\"kw\":1,\"wfk\":\"\",\"cph\":1,\"np\":\"dGFuZGVtIQ==\"}\nAA==\n")]
    [InlineData("dapr.io/enc/v1\n{\"kw\":1,\"wfk\":\"AA==\",\"cph\":7,\"np\":\"dGFuZGVtIQ==\"}\nAA==\n")]
    [InlineData("dapr.io/enc/v1\n{\"kw\":1,\"wfk\":\"AA==\",\"cph\":1,\"np\":\"AA==\"}\nAA==\n")]
    [InlineData("dapr.io/enc/v1\n{\"k\":5,\"kw\":\"1\",\"wfk\":\"AA==\",\"cph\":1,\"np\":\"dGFuZGVtIQ==\"}\nAA==\n")]
    [InlineData("dapr.io/enc/v1\n[1]\nAA==\n")]
    [InlineData("something else")]
    public async Task DecryptAsync_ABrokenHeader_IsAnError(string document)
    {
        var refused = await Assert.ThrowsAsync<DaprException>(() => DecryptAsync(Encoding.UTF8.GetBytes(document), "kek"));
        Assert.Equal("ERR_CRYPTO", refused.Error.Code);
    }

    [Fact]
    public async Task DecryptAsync_AHeaderWithoutEnd_IsNotReadForEver()
        => await Assert.ThrowsAsync<DaprException>(() => DecryptAsync([.. "dapr.io/enc/v1\n"u8, .. new byte[200_000]], "kek"));

    [Theory]
    [InlineData("kek", "A256GCM", null, 400, "ERR_BAD_REQUEST")]
    [InlineData("kek", "A256KW", "rot13", 400, "ERR_BAD_REQUEST")]
    [InlineData("", "A256KW", null, 400, "ERR_BAD_REQUEST")]
    [InlineData("missing", "A256KW", null, 500, "ERR_CRYPTO")]
    [InlineData("../kek", "A256KW", null, 500, "ERR_CRYPTO")]
    [InlineData("kek", "RSA-OAEP-256", null, 500, "ERR_CRYPTO")]
    public async Task EncryptAsync_ABadRequest_IsRefusedAndNothingWritten(string key, string algorithm, string? cipher, int status, string code)
    {
        var output = new MemoryStream();
        var refused = await Assert.ThrowsAsync<DaprException>(
            () => RunAsync(Data(3), output, (input, writer) => _crypto.EncryptAsync("keys", new EncryptRequest(key, algorithm) { Cipher = cipher }, input, writer, default)));
        Assert.Equal((status, code, 0L), (refused.Error.Status, refused.Error.Code, output.Length));
    }

    [Fact]
    public async Task EncryptAsync_AnUnknownComponent_IsNotFound()
    {
        var refused = await Assert.ThrowsAsync<DaprException>(
            () => _crypto.EncryptAsync("nokeys", new EncryptRequest("kek", "A256KW"), PipeReader.Create(ReadOnlySequence<byte>.Empty), PipeWriter.Create(Stream.Null), default));
        Assert.Equal((400, "ERR_CRYPTO_PROVIDER_NOT_FOUND"), (refused.Error.Status, refused.Error.Code));
    }

    public void Dispose() => _folder.Dispose();

    private static byte[] Data(int length) => [.. Enumerable.Range(0, length).Select(static i => (byte)(i % 251))];

    private static int HeaderLength(byte[] document)
    {
        var end = -1;
        for (var line = 0; line < 3; line++)
        {
            end = Array.IndexOf(document, (byte)'\n', end + 1);
        }

        return end + 1;
    }

    private static async Task<byte[]> RunAsync(byte[] data, MemoryStream output, Func<PipeReader, PipeWriter, Task> operation)
    {
        var writer = PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true));
        await operation(PipeReader.Create(new MemoryStream(data)), writer).WithinAsync();
        return output.ToArray();
    }

    private Task<byte[]> EncryptAsync(byte[] data, EncryptRequest request)
        => RunAsync(data, new MemoryStream(), (input, output) => _crypto.EncryptAsync("keys", request, input, output, default));

    private Task<byte[]> DecryptAsync(byte[] document, string? keyName = null)
        => RunAsync(document, new MemoryStream(), (input, output) => _crypto.DecryptAsync("keys", keyName, input, output, default));
}
