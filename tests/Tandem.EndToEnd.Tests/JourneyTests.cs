using Tandem.EndToEnd.Tests.Mesh;

namespace Tandem.EndToEnd.Tests;

public sealed class EmbeddedJourneyTests(MeshFixture fixture) : OrderJourneyTests, IClassFixture<MeshFixture>
{
    private protected override RunningMesh Mesh => fixture.Mesh;
}

public sealed class RedisJourneyTests(MeshFixture<RedisInfrastructure> fixture) : OrderJourneyTests, IClassFixture<MeshFixture<RedisInfrastructure>>
{
    private protected override RunningMesh Mesh => fixture.Mesh;
}
