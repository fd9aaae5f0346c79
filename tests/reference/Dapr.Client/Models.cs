// Dapr.Client, what goes into its client and comes out of it. https://docs.dapr.io/developing-applications/sdks/dotnet/dotnet-client/
using System.Diagnostics.CodeAnalysis;
using Dapr.Client;

namespace Dapr
{
#nullable disable
    public class CloudEvent
    {
        public Uri Source { get; init; }
        public string Type { get; init; }
        public string Subject { get; init; }
    }

    public class CloudEvent<TData> : CloudEvent
    {
        public CloudEvent(TData data) { }
        public TData Data => throw Signature.Only;
        public string DataContentType => throw Signature.Only;
    }

#nullable enable
    public sealed class StateEntry<TValue>
    {
        public StateEntry(DaprClient client, string storeName, string key, TValue value, string etag) { }
        public string StoreName => throw Signature.Only;
        public string Key => throw Signature.Only;
        public TValue Value { get; set; }
        public string ETag => throw Signature.Only;
        public Task DeleteAsync(StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default) => throw Signature.Only;
        public Task SaveAsync(StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default) => throw Signature.Only;
        public Task<bool> TrySaveAsync(StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default) => throw Signature.Only;
        public Task<bool> TryDeleteAsync(StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default) => throw Signature.Only;
    }
}

namespace Dapr.Client
{
    public sealed class BindingRequest
    {
        public BindingRequest(string bindingName, string operation) { }
        public string BindingName => throw Signature.Only;
        public string Operation => throw Signature.Only;
        public ReadOnlyMemory<byte> Data { get; set; }
        public Dictionary<string, string> Metadata => throw Signature.Only;
    }

    public sealed class BindingResponse
    {
        public BindingResponse(BindingRequest request, ReadOnlyMemory<byte> data, IReadOnlyDictionary<string, string> metadata) { }
        public BindingRequest Request => throw Signature.Only;
        public ReadOnlyMemory<byte> Data => throw Signature.Only;
        public IReadOnlyDictionary<string, string> Metadata => throw Signature.Only;
    }

    public class BulkPublishEntry<TValue>
    {
        public BulkPublishEntry(string entryId, TValue eventData, string contentType, IReadOnlyDictionary<string, string>? metadata = null) { }
        public string EntryId => throw Signature.Only;
        public TValue EventData => throw Signature.Only;
        public string ContentType => throw Signature.Only;
        public IReadOnlyDictionary<string, string>? Metadata => throw Signature.Only;
    }

    public class BulkPublishResponse<TValue>
    {
        public BulkPublishResponse(List<BulkPublishResponseFailedEntry<TValue>> failedEntries) { }
        public List<BulkPublishResponseFailedEntry<TValue>> FailedEntries => throw Signature.Only;
    }

    public class BulkPublishResponseFailedEntry<TValue>
    {
        public BulkPublishResponseFailedEntry(BulkPublishEntry<TValue> entry, string errorMessage) { }
        public BulkPublishEntry<TValue> Entry => throw Signature.Only;
        public string ErrorMessage => throw Signature.Only;
    }

    public readonly struct BulkStateItem
    {
        public BulkStateItem(string key, string value, string etag) { }
        public string Key => throw Signature.Only;
        public string Value => throw Signature.Only;
        public string ETag => throw Signature.Only;
    }

    public readonly struct BulkStateItem<TValue>
    {
        public BulkStateItem(string key, TValue value, string etag) { }
        public string Key => throw Signature.Only;
        public TValue Value => throw Signature.Only;
        public string ETag => throw Signature.Only;
    }

    public readonly struct SaveStateItem<TValue>
    {
        public SaveStateItem(string key, TValue value, string etag, StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null) { }
        public string Key => throw Signature.Only;
        public TValue Value => throw Signature.Only;
        public string ETag => throw Signature.Only;
        public StateOptions? StateOptions => throw Signature.Only;
        public IReadOnlyDictionary<string, string>? Metadata => throw Signature.Only;
    }

    public readonly struct BulkDeleteStateItem
    {
        public BulkDeleteStateItem(string key, string etag, StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null) { }
        public string Key => throw Signature.Only;
        public string ETag => throw Signature.Only;
        public StateOptions? StateOptions => throw Signature.Only;
        public IReadOnlyDictionary<string, string>? Metadata => throw Signature.Only;
    }

    public enum ConcurrencyMode { FirstWrite, LastWrite }

    public enum ConsistencyMode { Eventual, Strong }

    public class StateOptions
    {
        public ConsistencyMode? Consistency { get; set; }
        public ConcurrencyMode? Concurrency { get; set; }
    }

    public enum StateOperationType { Upsert, Delete }

    public sealed class StateTransactionRequest
    {
        public StateTransactionRequest(string key, byte[]? value, StateOperationType operationType, string? etag = null, IReadOnlyDictionary<string, string>? metadata = null, StateOptions? options = null) { }
        public string Key => throw Signature.Only;
        public byte[]? Value { get; set; }
        public StateOperationType? OperationType { get; set; }
        public string? ETag { get; set; }
        public IReadOnlyDictionary<string, string>? Metadata { get; set; }
        public StateOptions? Options;
    }

    public class StateQueryResponse<TValue>
    {
        public StateQueryResponse(IReadOnlyList<StateQueryItem<TValue>> results, string token, IReadOnlyDictionary<string, string> metadata) { }
        public IReadOnlyList<StateQueryItem<TValue>> Results => throw Signature.Only;
        public string Token => throw Signature.Only;
        public IReadOnlyDictionary<string, string> Metadata => throw Signature.Only;
    }

    public class StateQueryItem<TValue>
    {
        public StateQueryItem(string key, TValue data, string etag, string error) { }
        public string Key => throw Signature.Only;
        public TValue? Data => throw Signature.Only;
        public string ETag => throw Signature.Only;
        public string Error => throw Signature.Only;
    }

    public class StateQueryException<TValue> : DaprApiException
    {
        public StateQueryException(string message, StateQueryResponse<TValue> response, IReadOnlyList<string> failedKeys) { }
        public StateQueryResponse<TValue> Response => throw Signature.Only;
        public IReadOnlyList<string> FailedKeys => throw Signature.Only;
    }

    public class ConfigurationItem
    {
        public ConfigurationItem(string value, string version, IReadOnlyDictionary<string, string> metadata) { }
        public string Value => throw Signature.Only;
        public string Version => throw Signature.Only;
        public IReadOnlyDictionary<string, string> Metadata => throw Signature.Only;
    }

    public abstract class ConfigurationSource : IAsyncEnumerable<IDictionary<string, ConfigurationItem>>
    {
        public abstract string Id { get; }
        public abstract IAsyncEnumerator<IDictionary<string, ConfigurationItem>> GetAsyncEnumerator(CancellationToken cancellationToken = default);
    }

    public class GetConfigurationResponse
    {
        public GetConfigurationResponse(IReadOnlyDictionary<string, ConfigurationItem> configMap) { }
        public IReadOnlyDictionary<string, ConfigurationItem> Items => throw Signature.Only;
    }

    public class SubscribeConfigurationResponse
    {
        public SubscribeConfigurationResponse(ConfigurationSource source) { }
        public string Id => throw Signature.Only;
        public IAsyncEnumerable<IDictionary<string, ConfigurationItem>> Source => throw Signature.Only;
    }

    public class UnsubscribeConfigurationResponse
    {
        public UnsubscribeConfigurationResponse(bool ok, string message) { }
        public bool Ok => throw Signature.Only;
        public string Message => throw Signature.Only;
    }

    public enum DataEncryptionCipher { AesGcm, ChaCha20Poly1305 }

    public enum KeyWrapAlgorithm { Aes, A256kw, A128cbc, A192cbc, A256cbc, Rsa, RsaOaep256 }

    public class EncryptionOptions
    {
        public EncryptionOptions(KeyWrapAlgorithm keyWrapAlgorithm) { }
        public KeyWrapAlgorithm KeyWrapAlgorithm { get; set; }
        public int StreamingBlockSizeInBytes { get; set; }
        public string? DecryptionKeyName { get; set; }
        public DataEncryptionCipher EncryptionCipher { get; set; }
    }

    public class DecryptionOptions
    {
        public int StreamingBlockSizeInBytes { get; set; }
    }

    [Experimental("DAPR_DISTRIBUTEDLOCK")]
    public sealed class TryLockResponse : IAsyncDisposable
    {
        public TryLockResponse() { }
        public bool Success { get; init; }
        public string ResourceId { get; init; }
        public string LockOwner { get; init; }
        public string StoreName { get; init; }
        public ValueTask DisposeAsync() => throw Signature.Only;
    }

    public enum LockStatus { Success, LockDoesNotExist, LockBelongsToOthers, InternalError }

    public class UnlockResponse
    {
        public UnlockResponse(LockStatus status) { }
        public LockStatus status { get; set; }
    }

    public sealed class DaprMetadata
    {
        public DaprMetadata(string id, IReadOnlyList<DaprActorMetadata> actors, IReadOnlyDictionary<string, string> extended, IReadOnlyList<DaprComponentsMetadata> components) { }
        public string Id => throw Signature.Only;
        public IReadOnlyList<DaprActorMetadata> Actors => throw Signature.Only;
        public IReadOnlyDictionary<string, string> Extended => throw Signature.Only;
        public IReadOnlyList<DaprComponentsMetadata> Components => throw Signature.Only;
    }

    public sealed class DaprActorMetadata
    {
        public DaprActorMetadata(string type, int count) { }
        public string Type => throw Signature.Only;
        public int Count => throw Signature.Only;
    }

    public sealed class DaprComponentsMetadata
    {
        public DaprComponentsMetadata(string name, string type, string version, string[] capabilities) { }
        public string Name => throw Signature.Only;
        public string Type => throw Signature.Only;
        public string Version => throw Signature.Only;
        public string[] Capabilities => throw Signature.Only;
    }
}
