using Tandem.EndToEnd.Tests.Mesh;

namespace Tandem.EndToEnd.Tests;

/// <summary>One running mesh for all tests that leave it as they found it.</summary>
public sealed class MeshFixture : IAsyncLifetime
{
    private RunningMesh? _mesh;

    internal RunningMesh Mesh => _mesh ?? throw new InvalidOperationException("The mesh is not running.");

    public async Task InitializeAsync() => _mesh = await RunningMesh.StartNewAsync();

    public async Task DisposeAsync()
    {
        if (_mesh is not null)
        {
            await _mesh.DisposeAsync();
        }
    }
}
