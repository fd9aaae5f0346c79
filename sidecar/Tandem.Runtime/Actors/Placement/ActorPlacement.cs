namespace Tandem.Runtime.Actors.Placement;

/// <summary>Who has an actor: a sidecar of this process, one of another process, or nobody.</summary>
internal readonly record struct ActorOwner(ActorRuntime? Runtime, string? Address)
{
    /// <summary>Whether nobody hosts the actor's type.</summary>
    public bool IsNone => Address is null;
}

/// <summary>
/// Places actors among the hosts of their type. The sidecars of this process speak for themselves, as they know at once what their
/// apps host; those of other processes are asked for at the name resolver.
/// </summary>
internal sealed class ActorPlacement(ActorRuntimeContext context)
{
    /// <summary>Who has the actor.</summary>
    public async ValueTask<ActorOwner> FindAsync(string actorType, string actorId, CancellationToken cancellationToken)
    {
        var announced = await context.NameResolver.GetActorHostsAsync(actorType, context.Namespace, cancellationToken).ConfigureAwait(false);
        return Choose(announced, actorType, actorId);
    }

    /// <summary>All hosts of a type, in a stable order.</summary>
    public async ValueTask<List<ActorOwner>> ListHostsAsync(string actorType, CancellationToken cancellationToken)
    {
        var announced = await context.NameResolver.GetActorHostsAsync(actorType, context.Namespace, cancellationToken).ConfigureAwait(false);
        var hosts = announced.Where(address => !context.Directory.IsHere(address)).Select(static address => new ActorOwner(null, address)).ToList();
        foreach (var runtime in context.Directory.Runtimes)
        {
            if (runtime.IsHosting(actorType, context.Namespace))
            {
                hosts.Add(new(runtime, runtime.Address));
            }
        }

        hosts.Sort(static (one, other) => string.CompareOrdinal(one.Address, other.Address));
        return hosts;
    }

    private ActorOwner Choose(IReadOnlyList<string> announced, string actorType, string actorId)
    {
        var best = default(ActorOwner);
        ulong? bestScore = null;
        foreach (var runtime in context.Directory.Runtimes)
        {
            if (runtime.IsHosting(actorType, context.Namespace))
            {
                Consider(new(runtime, runtime.Address));
            }
        }

        for (var i = 0; i < announced.Count; i++)
        {
            if (!context.Directory.IsHere(announced[i]))
            {
                Consider(new(null, announced[i]));
            }
        }

        return best;

        void Consider(ActorOwner candidate)
        {
            if (best.IsNone)
            {
                // One host is the rule: no score until there is a second.
                best = candidate;
                return;
            }

            bestScore ??= RendezvousHash.Score(best.Address!, actorType, actorId);
            var score = RendezvousHash.Score(candidate.Address!, actorType, actorId);
            if (score > bestScore || (score == bestScore && string.CompareOrdinal(candidate.Address, best.Address) > 0))
            {
                best = candidate;
                bestScore = score;
            }
        }
    }
}
