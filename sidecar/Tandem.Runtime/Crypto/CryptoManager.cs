using System.IO.Pipelines;
using System.Security.Cryptography;
using Tandem.Components.Crypto;
using Tandem.Runtime.Components;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.Metrics.Components;
using Tandem.Runtime.Resiliency;

namespace Tandem.Runtime.Crypto;

/// <summary>
/// The cryptography building block: encrypts and decrypts streams by the scheme <c>dapr.io/enc/v1</c>. A document has a key of its own,
/// which a component wraps; the component's keys stay where they are.
/// </summary>
public sealed class CryptoManager
{
    private readonly ComponentTable<Entry> _providers;

    /// <summary>Takes the crypto components of a sidecar.</summary>
    public CryptoManager(ComponentSet components, ResiliencyPolicies policies, SidecarMetrics? metrics = null)
        => _providers = components.TableOf<ICryptoProvider, Entry>((component, provider) => new Entry(provider, new OutboundPolicy(policies, component), metrics?.Crypto.For(component.Name)));

    /// <summary>Encrypts the input.</summary>
    /// <exception cref="DaprException">The request cannot be carried out. Nothing was written then.</exception>
    public async Task EncryptAsync(string component, EncryptRequest request, PipeReader input, PipeWriter output, CancellationToken cancellationToken)
    {
        var provider = Find(component);
        var (algorithm, cipher) = Check(request);
        using var key = FileKey.Create();
        var wrapped = await GuardAsync(() => provider.Policy.RunAsync(
            static (call, token) => call.Provider.WrapKeyAsync(call.Bytes, call.algorithm, call.KeyName, token),
            (provider.Provider, key.Bytes, algorithm, request.KeyName),
            cancellationToken,
            provider.Meters?["encrypt"])).ConfigureAwait(false);
        var prefix = RandomNumberGenerator.GetBytes(SegmentCipher.NoncePrefixSize);
        var keyName = request.OmitKeyName ? null : string.IsNullOrEmpty(request.DecryptionKeyName) ? request.KeyName : request.DecryptionKeyName;
        using var segments = await GuardAsync(() => ValueTask.FromResult(key.CreateCipher(cipher, prefix))).ConfigureAwait(false);
        await output.WriteAsync(DocumentHeader.Write(new Manifest(keyName, algorithm, wrapped, cipher, prefix), key), cancellationToken).ConfigureAwait(false);
        await DocumentSegments.EncryptAsync(input, output, segments, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Decrypts the input with the named key, or else with the one that the document names.</summary>
    /// <exception cref="DaprException">
    /// The document cannot be decrypted, or not to its end. What was written before is right, and the answer must not look whole.
    /// </exception>
    public async Task DecryptAsync(string component, string? keyName, PipeReader input, PipeWriter output, CancellationToken cancellationToken)
    {
        var provider = Find(component);
        try
        {
            var header = await ReadHeaderAsync(input, cancellationToken).ConfigureAwait(false);
            using var key = await UnwrapAsync(provider, header, keyName, cancellationToken).ConfigureAwait(false);
            using var segments = key.CreateCipher(header.Manifest.Cipher, header.Manifest.NoncePrefix);
            await DocumentSegments.DecryptAsync(input, output, segments, cancellationToken).ConfigureAwait(false);
        }
        catch (CryptoException exception)
        {
            throw new DaprException(CryptoErrors.Operation(exception.Message), exception);
        }
        catch (CryptographicException exception)
        {
            throw new DaprException(CryptoErrors.Operation("a part of the document is not what was encrypted, or its end is missing"), exception);
        }
    }

    /// <summary>The error for a request that cannot be carried out as it is.</summary>
    public static DaprError BadRequest(string reason) => CryptoErrors.BadRequest(reason);

    /// <summary>The error for an operation that failed.</summary>
    public static DaprError Failed(string reason) => CryptoErrors.Operation(reason);

    private static async Task<DocumentHeader> ReadHeaderAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var header = DocumentHeader.TryRead(result.Buffer, out var consumed);
            input.AdvanceTo(consumed, header is null ? result.Buffer.End : consumed);
            if (header is not null)
            {
                return header;
            }

            if (result.IsCompleted)
            {
                throw new CryptoException("the document ends within its header");
            }
        }
    }

    private static async Task<FileKey> UnwrapAsync(Entry provider, DocumentHeader header, string? keyName, CancellationToken cancellationToken)
    {
        keyName = string.IsNullOrEmpty(keyName) ? header.Manifest.KeyName : keyName;
        if (string.IsNullOrEmpty(keyName))
        {
            throw new CryptoException("the document does not say which key decrypts it, and the request does not either");
        }

        var key = new FileKey(await provider.Policy.RunAsync(
            static (call, token) => call.Provider.UnwrapKeyAsync(call.WrappedKey, call.Algorithm, call.keyName, token),
            (provider.Provider, header.Manifest.WrappedKey, header.Manifest.Algorithm, keyName),
            cancellationToken,
            provider.Meters?["decrypt"]).ConfigureAwait(false));
        if (key.Bytes.Length == FileKey.Size && header.IsSignedWith(key))
        {
            return key;
        }

        key.Dispose();
        throw new CryptoException("the document's signature is not right: it was changed, or encrypted with another key");
    }

    private static (string Algorithm, DataCipher Cipher) Check(EncryptRequest request)
    {
        if (string.IsNullOrEmpty(request.KeyName))
        {
            throw new DaprException(CryptoErrors.BadRequest("the name of the key is missing"));
        }

        var algorithm = Manifest.FindAlgorithm(request.Algorithm)
            ?? throw new DaprException(CryptoErrors.BadRequest(
                $"the key wrap algorithm '{request.Algorithm}' is none of A256KW, A128CBC-NOPAD, A192CBC-NOPAD, A256CBC-NOPAD and RSA-OAEP-256"));
        DataCipher? cipher = request.Cipher?.ToUpperInvariant() switch
        {
            null or "" or "AES-GCM" => DataCipher.AesGcm,
            "CHACHA20-POLY1305" => DataCipher.ChaCha20Poly1305,
            _ => null,
        };
        return (algorithm, cipher ?? throw new DaprException(CryptoErrors.BadRequest($"the cipher '{request.Cipher}' is neither aes-gcm nor chacha20-poly1305")));
    }

    private static async ValueTask<T> GuardAsync<T>(Func<ValueTask<T>> operation)
    {
        try
        {
            return await operation().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is CryptoException or CryptographicException)
        {
            throw new DaprException(CryptoErrors.Operation(exception.Message), exception);
        }
    }

    private Entry Find(string component)
        => _providers.TryGet(component, out var entry) ? entry
            : throw new DaprException(_providers.IsEmpty ? CryptoErrors.NotConfigured : CryptoErrors.NotFound(component));

    private sealed record Entry(ICryptoProvider Provider, OutboundPolicy Policy, ComponentMeters? Meters);
}
