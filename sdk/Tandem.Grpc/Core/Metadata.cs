using System.Buffers;
using System.Collections;
using System.Text;

namespace Grpc.Core;

/// <summary>Headers or trailers of a call: keys in lower case, each with one or many values, of ASCII text or, when the key ends in <c>-bin</c>, of bytes.</summary>
public sealed class Metadata : IList<Metadata.Entry>
{
    /// <summary>The end of the keys whose values are bytes.</summary>
    public const string BinaryHeaderSuffix = "-bin";

    /// <summary>No entries; it cannot be changed.</summary>
    public static readonly Metadata Empty = new() { _isReadOnly = true };

    private readonly List<Entry> _entries = [];
    private bool _isReadOnly;

    /// <inheritdoc/>
    public int Count => _entries.Count;

    /// <inheritdoc/>
    public bool IsReadOnly => _isReadOnly;

    /// <inheritdoc/>
    public Entry this[int index]
    {
        get => _entries[index];
        set
        {
            ThrowIfReadOnly();
            _entries[index] = NotNull(value);
        }
    }

    /// <summary>The last entry of the key; null when there is none.</summary>
    public Entry? Get(string key) => _entries.FindLast(entry => entry.Is(key));

    /// <summary>The last text of the key; null when there is none.</summary>
    /// <exception cref="InvalidOperationException">The key's values are bytes.</exception>
    public string? GetValue(string key) => Get(key)?.Value;

    /// <summary>The last bytes of the key; null when there are none.</summary>
    public byte[]? GetValueBytes(string key) => Get(key)?.ValueBytes;

    /// <summary>All entries of the key, in their order.</summary>
    public IEnumerable<Entry> GetAll(string key) => _entries.Where(entry => entry.Is(key));

    /// <summary>Adds a text.</summary>
    /// <exception cref="ArgumentException">The key is malformed, or ends in <c>-bin</c>.</exception>
    public void Add(string key, string value) => Add(new Entry(key, value));

    /// <summary>Adds bytes.</summary>
    /// <exception cref="ArgumentException">The key is malformed, or does not end in <c>-bin</c>.</exception>
    public void Add(string key, byte[] valueBytes) => Add(new Entry(key, valueBytes));

    /// <inheritdoc/>
    public void Add(Entry item)
    {
        ThrowIfReadOnly();
        _entries.Add(NotNull(item));
    }

    /// <inheritdoc/>
    public void Insert(int index, Entry item)
    {
        ThrowIfReadOnly();
        _entries.Insert(index, NotNull(item));
    }

    /// <inheritdoc/>
    public bool Remove(Entry item)
    {
        ThrowIfReadOnly();
        return _entries.Remove(item);
    }

    /// <inheritdoc/>
    public void RemoveAt(int index)
    {
        ThrowIfReadOnly();
        _entries.RemoveAt(index);
    }

    /// <inheritdoc/>
    public void Clear()
    {
        ThrowIfReadOnly();
        _entries.Clear();
    }

    /// <inheritdoc/>
    public int IndexOf(Entry item) => _entries.IndexOf(item);

    /// <inheritdoc/>
    public bool Contains(Entry item) => _entries.Contains(item);

    /// <inheritdoc/>
    public void CopyTo(Entry[] array, int arrayIndex) => _entries.CopyTo(array, arrayIndex);

    /// <inheritdoc/>
    public IEnumerator<Entry> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _entries.GetEnumerator();

    private void ThrowIfReadOnly()
    {
        if (_isReadOnly)
        {
            throw new InvalidOperationException("This metadata cannot be changed.");
        }
    }

    private static Entry NotNull(Entry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry;
    }

    /// <summary>A key with one value.</summary>
    public class Entry
    {
        private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz_-.");

        private readonly string? _text;
        private readonly byte[]? _bytes;

        /// <summary>A text.</summary>
        /// <exception cref="ArgumentException">The key is malformed or ends in <c>-bin</c>.</exception>
        public Entry(string key, string value)
        {
            Key = Normalize(key);
            ArgumentNullException.ThrowIfNull(value);
            if (IsBinary)
            {
                throw new ArgumentException($"The value of '{Key}' is bytes: its key ends in {BinaryHeaderSuffix}.", nameof(value));
            }

            _text = value;
        }

        /// <summary>Bytes.</summary>
        /// <exception cref="ArgumentException">The key is malformed or does not end in <c>-bin</c>.</exception>
        public Entry(string key, byte[] valueBytes)
        {
            Key = Normalize(key);
            ArgumentNullException.ThrowIfNull(valueBytes);
            if (!IsBinary)
            {
                throw new ArgumentException($"The value of '{Key}' is text: bytes need a key that ends in {BinaryHeaderSuffix}.", nameof(valueBytes));
            }

            _bytes = valueBytes;
        }

        /// <summary>The key, in lower case.</summary>
        public string Key { get; }

        /// <summary>The text.</summary>
        /// <exception cref="InvalidOperationException">The value is bytes.</exception>
        public string Value => _text ?? throw new InvalidOperationException($"The value of '{Key}' is bytes.");

        /// <summary>The bytes; of a text its ASCII.</summary>
        public byte[] ValueBytes => _bytes is null ? Encoding.ASCII.GetBytes(_text!) : [.. _bytes];

        /// <summary>Whether the value is bytes.</summary>
        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <inheritdoc/>
        public override string ToString() => IsBinary ? $"[Entry: key={Key}, {_bytes!.Length} bytes]" : $"[Entry: key={Key}, value={_text}]";

        internal bool Is(string key) => string.Equals(Key, key, StringComparison.OrdinalIgnoreCase);

        private static string Normalize(string key)
        {
            ArgumentException.ThrowIfNullOrEmpty(key);
            var lower = key.ToLowerInvariant();
            return lower.AsSpan().ContainsAnyExcept(KeyCharacters)
                ? throw new ArgumentException($"A metadata key has only letters, digits, '_', '-' and '.': '{key}'.", nameof(key))
                : lower;
        }
    }
}
