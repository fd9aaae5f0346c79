using System.Text;
using Tandem.Components;

namespace Tandem.Runtime.Components;

/// <summary>
/// Components that several sidecars of the process use as one: stores, brokers and secret stores of the same name, type and settings.
/// One connection pool, one writer, one cache; the app ID enters only as key prefix or consumer group, which the runtime passes.
/// Users are counted: the last one closes the component.
/// </summary>
public sealed class SharedComponents : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Shared> _shared = new(StringComparer.Ordinal);

    /// <summary>The one instance for these settings; made and initialised by whoever asks first.</summary>
    public async Task<SharedComponent> AcquireAsync(ComponentContext context, Func<ComponentContext, Task<object>> create)
    {
        var key = KeyOf(context);
        Shared? shared;
        lock (_lock)
        {
            if (!_shared.TryGetValue(key, out shared))
            {
                shared = new Shared(new Lazy<Task<object>>(() => create(context)));
                _shared.Add(key, shared);
            }

            shared.Users++;
        }

        try
        {
            return new SharedComponent(await shared.Instance.Value.ConfigureAwait(false), () => ReleaseAsync(key, shared));
        }
        catch
        {
            // Nobody is to find what could not be made: a later try may succeed.
            await ReleaseAsync(key, shared).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Closes all shared components that are still in use.</summary>
    public async ValueTask DisposeAsync()
    {
        List<Shared> left;
        lock (_lock)
        {
            left = [.. _shared.Values];
            _shared.Clear();
        }

        foreach (var shared in left)
        {
            await CloseAsync(shared).ConfigureAwait(false);
        }
    }

    internal static async ValueTask CloseAsync(object component)
    {
        switch (component)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync().ConfigureAwait(false);
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
            default:
                break;
        }
    }

    private static async ValueTask CloseAsync(Shared shared)
    {
        if (shared.Instance is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await CloseAsync(await shared.Instance.Value.ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    private async ValueTask ReleaseAsync(string key, Shared shared)
    {
        lock (_lock)
        {
            if (--shared.Users > 0 || !_shared.TryGetValue(key, out var found) || found != shared)
            {
                return;
            }

            _shared.Remove(key);
        }

        await CloseAsync(shared).ConfigureAwait(false);
    }

    private static string KeyOf(ComponentContext context)
    {
        var key = new StringBuilder();
        Append(key, context.Type);
        Append(key, context.Version);
        Append(key, context.Name);
        Append(key, context.BaseDirectory);
        Append(key, context.DataDirectory);
        foreach (var (name, value) in context.Metadata.Values.Where(static pair => !IsPassed(pair.Key)).OrderBy(static pair => pair.Key, StringComparer.OrdinalIgnoreCase))
        {
            Append(key, name.ToUpperInvariant());
            Append(key, value);
        }

        return key.ToString();
    }

    /// <summary>What the runtime passes with each call: two apps that differ in nothing else share a component.</summary>
    private static bool IsPassed(string name) => name.ToUpperInvariant() is "CONSUMERID" or "CONSUMERGROUP" or "KEYPREFIX";

    /// <summary>Each part with its length, so that no two lists of parts read the same.</summary>
    private static void Append(StringBuilder key, string part) => key.Append(part.Length).Append(':').Append(part);

    private sealed class Shared(Lazy<Task<object>> instance)
    {
        public Lazy<Task<object>> Instance { get; } = instance;

        public int Users { get; set; }
    }
}

/// <summary>A user's part of a shared component.</summary>
/// <param name="Instance">The component.</param>
/// <param name="Release">Gives the part up; to be called once.</param>
public sealed record SharedComponent(object Instance, Func<ValueTask> Release);
