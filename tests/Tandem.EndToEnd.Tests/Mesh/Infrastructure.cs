namespace Tandem.EndToEnd.Tests.Mesh;

/// <summary>What a mesh stands on: a folder of components/, and the servers that it names.</summary>
/// <param name="folder">The folder's name.</param>
public abstract class Infrastructure(string folder) : IAsyncDisposable
{
    public string Folder => folder;

    /// <summary>Starts the servers, on ports of their own.</summary>
    public virtual Task StartAsync() => Task.CompletedTask;

    /// <summary>Tells the run's copy of the components where the servers are, and nothing else.</summary>
    internal virtual void Address(ComponentFolder components)
    {
    }

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}

/// <summary>Nothing but this process and its files.</summary>
public sealed class EmbeddedInfrastructure() : Infrastructure("embedded")
{
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
