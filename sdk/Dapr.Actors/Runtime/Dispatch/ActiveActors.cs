using System.Collections.Concurrent;

namespace Dapr.Actors.Runtime;

/// <summary>The actors of one type that live in this process.</summary>
internal sealed class ActiveActors(ActorActivator activator, Func<ActorId, ActorHost> createHost)
{
    private readonly ConcurrentDictionary<ActorId, Lazy<Task<ActorActivatorState>>> _actors = new();

    public int Count => _actors.Count;

    /// <summary>The actor, made and activated once, whoever asks first.</summary>
    public async Task<Actor> GetAsync(ActorId id)
    {
        var entry = _actors.GetOrAdd(id, static (key, self) => new Lazy<Task<ActorActivatorState>>(() => self.CreateAsync(key)), this);
        try
        {
            return (await entry.Value.ConfigureAwait(false)).Actor;
        }
        catch
        {
            // A failed activation leaves nothing behind: the next call tries anew.
            _actors.TryRemove(KeyValuePair.Create(id, entry));
            throw;
        }
    }

    public async Task<bool> RemoveAsync(ActorId id)
    {
        if (!_actors.TryRemove(id, out var entry))
        {
            return false;
        }

        var state = await entry.Value.ConfigureAwait(false);
        try
        {
            await state.Actor.DeactivateAsync().ConfigureAwait(false);
        }
        finally
        {
            await activator.DeleteAsync(state).ConfigureAwait(false);
        }

        return true;
    }

    private async Task<ActorActivatorState> CreateAsync(ActorId id)
    {
        var state = await activator.CreateAsync(createHost(id)).ConfigureAwait(false);
        try
        {
            await state.Actor.ActivateAsync().ConfigureAwait(false);
            return state;
        }
        catch
        {
            await activator.DeleteAsync(state).ConfigureAwait(false);
            throw;
        }
    }
}
