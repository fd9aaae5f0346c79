namespace Tandem.Components.Jobs;

/// <summary>Where the jobs of a machine are kept. What was answered is on disk.</summary>
public interface IJobStore : IAsyncDisposable
{
    /// <summary>The jobs of one app as one of its sidecars sees them; disposing it gives back what that sidecar holds.</summary>
    IAppJobs Open(string appNamespace, string appId);
}

/// <summary>
/// The jobs of one app. Several sidecars may see the same: a job that is due is claimed by one of them, which holds it until it says what
/// becomes of it, its process ends, or its claim runs out.
/// </summary>
public interface IAppJobs : IAsyncDisposable
{
    /// <summary>Keeps a job; <see langword="false"/> when there is one of that name and it must stay.</summary>
    ValueTask<bool> SaveAsync(StoredJob job, bool overwrite, CancellationToken cancellationToken);

    /// <summary>Reads a job; <see langword="null"/> when there is none.</summary>
    ValueTask<StoredJob?> GetAsync(string name, CancellationToken cancellationToken);

    /// <summary>Reads all jobs, by their names.</summary>
    ValueTask<IReadOnlyList<StoredJob>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Deletes the jobs whose names begin so; all of them for an empty beginning.</summary>
    ValueTask DeleteByPrefixAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Deletes a job, if it is there.</summary>
    ValueTask DeleteAsync(string name, CancellationToken cancellationToken);

    /// <summary>When the first job that nobody holds (any more) is due; <see langword="null"/> when there is none.</summary>
    ValueTask<DateTimeOffset?> FindNextAsync(CancellationToken cancellationToken);

    /// <summary>Claims jobs that are due, the longest due first.</summary>
    ValueTask<IReadOnlyList<StoredJob>> ClaimAsync(int most, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>Holds a claimed job for longer; <see langword="false"/> when it was changed or deleted and is not held any more.</summary>
    ValueTask<bool> RenewAsync(StoredJob claimed, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>
    /// Says what became of a claimed job and holds it no longer: <paramref name="next"/> takes its place, or nothing does.
    /// A job that was changed meanwhile stays as it is.
    /// </summary>
    ValueTask CompleteAsync(StoredJob claimed, StoredJob? next, CancellationToken cancellationToken);
}

/// <summary>A job as it is kept.</summary>
/// <param name="Name">The job's name, unique in its app.</param>
/// <param name="Definition">What was asked for, in the runtime's own form.</param>
/// <param name="Due">When it is triggered next.</param>
/// <param name="ExpiresAt">When it ends, when it has an end.</param>
/// <param name="Triggered">How often it has been triggered.</param>
public sealed record StoredJob(string Name, ReadOnlyMemory<byte> Definition, DateTimeOffset Due, DateTimeOffset? ExpiresAt, long Triggered)
{
    /// <summary>Which job of that name it is; the store's own.</summary>
    public long Version { get; init; }
}
