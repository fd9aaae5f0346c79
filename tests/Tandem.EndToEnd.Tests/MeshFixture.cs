using Tandem.EndToEnd.Tests.Mesh;

namespace Tandem.EndToEnd.Tests;

/// <summary>One running mesh for all tests that leave it as they found it, and what it stands on.</summary>
public class MeshFixture<TInfrastructure> : IAsyncLifetime
    where TInfrastructure : Infrastructure, new()
{
    private RunningMesh? _mesh;

    public TInfrastructure Infrastructure { get; } = new();

    internal RunningMesh Mesh => _mesh ?? throw new InvalidOperationException("The mesh is not running.");

    public async Task InitializeAsync()
    {
        await Infrastructure.StartAsync();
        _mesh = await RunningMesh.StartNewAsync(Infrastructure);
    }

    public async Task DisposeAsync()
    {
        if (_mesh is not null)
        {
            await _mesh.DisposeAsync();
        }

        await Infrastructure.DisposeAsync();
    }
}

/// <summary>The mesh as a newcomer starts it, with nothing else installed.</summary>
public sealed class MeshFixture : MeshFixture<EmbeddedInfrastructure>;
