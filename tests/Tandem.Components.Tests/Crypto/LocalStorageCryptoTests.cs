using System.Buffers.Text;
using System.Security.Cryptography;
using Tandem.Components.Crypto;
using Tandem.Components.Metadata;
using Tandem.Testing;

namespace Tandem.Components.Tests.Crypto;

public sealed class LocalStorageCryptoTests : IDisposable
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(static i => (byte)(i + 128))];
    private static readonly byte[] Key = [.. Enumerable.Range(100, 32).Select(static i => (byte)i)];
    private static readonly RSA Rsa = RSA.Create(2048);

    private readonly TemporaryFolder _folder = new();
    private readonly ICryptoProvider _provider;

    public LocalStorageCryptoTests()
    {
        Directory.CreateDirectory(_folder["keys"]);
        _provider = Contexts.Catalog().CryptoProviders.Create(Contexts.Create("crypto.dapr.localstorage", _folder.Path, metadata: ("path", "keys/")));
    }

    public static TheoryData<string, byte[], string> Keys()
    {
        var rsa = Rsa.ExportParameters(includePrivateParameters: true);
        var jwk = $$"""
            {"kty":"RSA","n":"{{Url(rsa.Modulus)}}","e":"{{Url(rsa.Exponent)}}","d":"{{Url(rsa.D)}}","p":"{{Url(rsa.P)}}","q":"{{Url(rsa.Q)}}",
             "dp":"{{Url(rsa.DP)}}","dq":"{{Url(rsa.DQ)}}","qi":"{{Url(rsa.InverseQ)}}","use":"enc"}
            """;
        return new()
        {
            { "raw", Secret, "A256KW" },
            { "raw", Secret, "A256CBC-NOPAD" },
            { "raw192", Secret[..24], "A192CBC-NOPAD" },
            { "raw128", Secret[..16], "A128CBC-NOPAD" },
            { "base64", [.. Ascii(Convert.ToBase64String(Secret)), (byte)'\n'], "A256KW" },
            { "base64url", Ascii(Base64Url.EncodeToString(Secret)), "A256KW" },
            { "oct.json", Ascii($$"""{"kty":"oct","k":"{{Base64Url.EncodeToString(Secret)}}"}"""), "A256KW" },
            { "oct", Ascii($$""" {"kty":"oct","k":"{{Base64Url.EncodeToString(Secret)}}"} """.Trim()), "A256KW" },
            { "pkcs1.pem", Ascii(Rsa.ExportRSAPrivateKeyPem()), "RSA-OAEP-256" },
            { "pkcs8", Ascii(Rsa.ExportPkcs8PrivateKeyPem()), "RSA-OAEP-256" },
            { "rsa.json", Ascii(jwk), "RSA-OAEP-256" },
        };
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task WrapKeyAsync_EveryFormOfAKey_IsUnwrappedAgain(string name, byte[] file, string algorithm)
    {
        await File.WriteAllBytesAsync(_folder[$"keys/{name}"], file);
        var wrapped = await _provider.WrapKeyAsync(Key, algorithm, name, default);
        Assert.NotEqual(Key, wrapped);
        Assert.Equal(Key, await _provider.UnwrapKeyAsync(wrapped, algorithm, name, default));
    }

    [Fact]
    public async Task WrapKeyAsync_SymmetricKeysOfAllForms_AreTheSameKey()
    {
        await File.WriteAllBytesAsync(_folder["keys/raw"], Secret);
        await File.WriteAllTextAsync(_folder["keys/base64"], Convert.ToBase64String(Secret));
        var wrapped = await _provider.WrapKeyAsync(Key, "A256KW", "raw", default);
        Assert.Equal(wrapped, await _provider.WrapKeyAsync(Key, "A256KW", "base64", default));
    }

    [Fact]
    public async Task UnwrapKeyAsync_WithAPublicKey_IsRefused()
    {
        await File.WriteAllTextAsync(_folder["keys/public.pem"], Rsa.ExportSubjectPublicKeyInfoPem());
        await File.WriteAllTextAsync(_folder["keys/private.pem"], Rsa.ExportPkcs8PrivateKeyPem());
        var wrapped = await _provider.WrapKeyAsync(Key, "RSA-OAEP-256", "public.pem", default);
        await Assert.ThrowsAsync<CryptoException>(async () => await _provider.UnwrapKeyAsync(wrapped, "RSA-OAEP-256", "public.pem", default));
        Assert.Equal(Key, await _provider.UnwrapKeyAsync(wrapped, "RSA-OAEP-256", "private.pem", default));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("..")]
    [InlineData("inner/../../outside")]
    [InlineData("a..b")]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("missing")]
    [InlineData("folder")]
    [InlineData("zero\0byte")]
    public async Task WrapKeyAsync_ANameThatIsNoKeyOfTheFolder_IsRefused(string name)
    {
        await File.WriteAllBytesAsync(_folder["outside"], Secret);
        Directory.CreateDirectory(_folder["keys/folder"]);
        var refused = await Assert.ThrowsAsync<CryptoException>(async () => await _provider.WrapKeyAsync(Key, "A256KW", name, default));
        Assert.DoesNotContain(_folder.Path, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bad.pem", "-----BEGIN RSA PRIVATE KEY-----\nSECRET\n-----END RSA PRIVATE KEY-----", "RSA-OAEP-256")]
    [InlineData("bad.json", "{\"kty\":\"oct\",\"k\":\"SECRET*\"}", "A256KW")]
    [InlineData("worse.json", "{\"kty\":\"SECRET", "A256KW")]
    [InlineData("ec.json", "{\"kty\":\"EC\",\"d\":\"SECRET\"}", "A256KW")]
    [InlineData("none.json", "{}", "A256KW")]
    [InlineData("empty", "", "A256KW")]
    [InlineData("short", "SECRET", "A256KW")]
    [InlineData("short", "SECRET", "RSA-OAEP-256")]
    [InlineData("short", "SECRET", "A999KW")]
    public async Task WrapKeyAsync_AFileThatIsNoSuchKey_IsRefusedWithoutShowingIt(string name, string file, string algorithm)
    {
        await File.WriteAllTextAsync(_folder[$"keys/{name}"], file);
        var refused = await Assert.ThrowsAsync<CryptoException>(async () => await _provider.WrapKeyAsync(Key, algorithm, name, default));
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_WithoutTheFolder_NamesTheField()
        => Assert.Equal("path", Assert.Throws<ComponentMetadataException>(
            () => Contexts.Catalog().CryptoProviders.Create(Contexts.Create("crypto.dapr.localstorage", _folder.Path, metadata: ("path", "nowhere")))).Field);

    public void Dispose() => _folder.Dispose();

    private static string Url(byte[]? part) => Base64Url.EncodeToString(part);

    private static byte[] Ascii(string text) => System.Text.Encoding.ASCII.GetBytes(text);
}
