using System.Runtime.CompilerServices;
using Tandem.Components.State;

namespace Tandem.Runtime.State.Encryption;

/// <summary>A state store whose values are encrypted on their way in and decrypted on their way out. Keys stay as they are.</summary>
internal class EncryptingStateStore : IStateStore
{
    private readonly IStateStore _inner;
    private readonly StateCipher _cipher;
    private readonly bool _acceptPlain;

    private protected EncryptingStateStore(IStateStore inner, StateCipher cipher, bool acceptPlain)
    {
        _inner = inner;
        _cipher = cipher;
        _acceptPlain = acceptPlain;
    }

    /// <summary>The store behind a cipher; it can do what the store can, except for looking into values.</summary>
    /// <param name="acceptPlain">Whether values that were saved without encryption are read all the same.</param>
    public static IStateStore Wrap(IStateStore store, StateCipher? cipher, bool acceptPlain = false) => (cipher, store) switch
    {
        (null, _) => store,
        (_, ITransactionalStateStore and IKeyListingStateStore) => new Listing(store, cipher, acceptPlain),
        (_, ITransactionalStateStore) => new Transactional(store, cipher, acceptPlain),
        _ => new EncryptingStateStore(store, cipher, acceptPlain),
    };

    /// <inheritdoc/>
    public async ValueTask<StateItem?> GetAsync(string key, CancellationToken cancellationToken)
        => await _inner.GetAsync(key, cancellationToken).ConfigureAwait(false) is { } item ? Decrypt(item) : null;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
        => [.. (await _inner.GetManyAsync(keys, cancellationToken).ConfigureAwait(false)).Select(TryDecrypt)];

    /// <inheritdoc/>
    public ValueTask<StateOutcome> SetAsync(StateSet request, CancellationToken cancellationToken) => _inner.SetAsync(Encrypt(request), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StateOutcome> DeleteAsync(StateDelete request, CancellationToken cancellationToken) => _inner.DeleteAsync(request, cancellationToken);

    private StateSet Encrypt(StateSet set) => set with { Value = _cipher.Encrypt(set.Value.Span) };

    private StateItem Decrypt(StateItem item) => item with { Value = _cipher.Decrypt(item.Value, _acceptPlain) };

    /// <summary>One value that cannot be read must not take the others with it.</summary>
    private StateItem? TryDecrypt(StateItem? item)
    {
        try
        {
            return item is null or { Error: not null } ? item : Decrypt(item);
        }
        catch (StateDecryptionException exception)
        {
            return item! with { Value = default, Error = exception.Message };
        }
    }

    private class Transactional(IStateStore inner, StateCipher cipher, bool acceptPlain) : EncryptingStateStore(inner, cipher, acceptPlain), ITransactionalStateStore
    {
        public ValueTask<StateOutcome> ExecuteAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
            => ((ITransactionalStateStore)_inner).ExecuteAsync([.. operations.Select(operation => operation is StateSet set ? Encrypt(set) : operation)], cancellationToken);
    }

    private sealed class Listing(IStateStore inner, StateCipher cipher, bool acceptPlain) : Transactional(inner, cipher, acceptPlain), IKeyListingStateStore
    {
        public async IAsyncEnumerable<StateItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var item in ((IKeyListingStateStore)_inner).ListAsync(prefix, cancellationToken).ConfigureAwait(false))
            {
                yield return Decrypt(item);
            }
        }
    }
}
