using System.Security.Cryptography;
using Tandem.Components.Local.Crypto;

namespace Tandem.Components.Tests.Crypto;

public sealed class AesKeyWrapTests
{
    /// <summary>The vectors of RFC 3394, section 4.</summary>
    [Theory]
    [InlineData("000102030405060708090A0B0C0D0E0F", "00112233445566778899AABBCCDDEEFF", "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5")]
    [InlineData("000102030405060708090A0B0C0D0E0F1011121314151617", "00112233445566778899AABBCCDDEEFF", "96778B25AE6CA435F92B5B97C050AED2468AB8A17AD84E5D")]
    [InlineData("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", "00112233445566778899AABBCCDDEEFF", "64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7")]
    [InlineData(
        "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
        "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F",
        "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21")]
    public void Wrap_TheRfcsVectors_GivesTheirKeys(string wrappingKey, string key, string wrapped)
    {
        using var aes = Create(wrappingKey);
        Assert.Equal(wrapped, Convert.ToHexString(AesKeyWrap.Wrap(aes, Convert.FromHexString(key))));
        Assert.Equal(key, Convert.ToHexString(AesKeyWrap.Unwrap(aes, Convert.FromHexString(wrapped))));
    }

    [Theory]
    [InlineData("1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE4")]
    [InlineData("0FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5")]
    [InlineData("1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CF")]
    [InlineData("1FA68B0A8112B447")]
    [InlineData("")]
    public void Unwrap_WhatWasChanged_IsRefused(string wrapped)
    {
        using var aes = Create("000102030405060708090A0B0C0D0E0F");
        Assert.Throws<CryptographicException>(() => AesKeyWrap.Unwrap(aes, Convert.FromHexString(wrapped)));
    }

    private static Aes Create(string key)
    {
        var aes = Aes.Create();
        aes.Key = Convert.FromHexString(key);
        return aes;
    }
}
