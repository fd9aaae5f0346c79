using Tandem.Runtime.Resources;

namespace Tandem.Runtime.Tests.Resources;

public sealed class ResourceLoaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("resources-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_SeveralDocuments_ReadsAllThatAreInScope()
    {
        Write("all.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata:
              name: store
            spec:
              type: state.sqlite
              ignoreErrors: true
              initTimeout: 7s
              metadata:
              - name: connectionString
                secretKeyRef: { name: dsn, key: main }
              - name: tableName
                value: 5
              - name: fromEnv
                envRef: SOME_VARIABLE
            auth:
              secretStore: vault
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: not-daprs }
            ---
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: { name: elsewhere }
            spec: { type: state.in-memory, version: v2 }
            scopes: [another]
            ---
            apiVersion: dapr.io/v2alpha1
            kind: Subscription
            metadata: { name: sub }
            spec:
              pubsubname: bus
              topic: orders
              deadLetterTopic: dead
              routes:
                rules:
                - match: event.type == "a"
                  path: /a
                default: /b
              bulkSubscribe: { enabled: true, maxMessagesCount: 7, maxAwaitDurationMs: 20 }
            scopes: [app]
            """);

        var resources = Load(out var faults);

        Assert.Empty(faults);
        var component = Assert.Single(resources.Components);
        Assert.Equal(("store", "state.sqlite", "v1", true, TimeSpan.FromSeconds(7), "vault"), (component.Name, component.Type, component.Version, component.IgnoreErrors, component.InitTimeout, component.SecretStore));
        Assert.Equal(
            [new MetadataEntry("connectionString", null, "dsn", "main"), new MetadataEntry("tableName", "5"), new MetadataEntry("fromEnv", null, EnvironmentVariable: "SOME_VARIABLE")],
            component.Metadata);
        var subscription = Assert.Single(resources.Subscriptions);
        Assert.Equal(new RouteRule("event.type == \"a\"", "/a"), Assert.Single(subscription.Rules));
        Assert.Equal(("/b", "dead", new BulkSubscribeOptions(7, TimeSpan.FromMilliseconds(20))), (subscription.DefaultRoute, subscription.DeadLetterTopic, subscription.BulkSubscribe));
    }

    [Fact]
    public void Load_SeveralFaults_ReportsAllOfThem()
    {
        Write("a.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: same}\nspec: {type: a.b}");
        Write("b.yml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: same}\nspec: {type: a.b, ignoreErrors: 7}");

        Load(out var faults, "missing");

        Assert.Equal(3, faults.Count);
        Assert.Contains(faults, static fault => fault.Contains("--resources-path 'missing' does not exist", StringComparison.Ordinal));
        Assert.Contains(faults, static fault => fault.Contains("b.yml:1: Component 'same': metadata.name is already taken by a.yaml:1", StringComparison.Ordinal));
        Assert.Contains(faults, static fault => fault.Contains("spec.ignoreErrors", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_Configuration_ReadsWhatTheSidecarNeeds()
    {
        var path = Write("config/config.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata: { name: config }
            spec:
              tracing: { samplingRate: "0.5" }
              features: [{ name: One, enabled: true }, { name: Two, enabled: false }]
              secrets:
                scopes:
                - { storeName: vault, defaultAccess: deny, allowedSecrets: [key] }
              nameResolution:
                component: sqlite
                configuration: { connectionString: names.db }
              components: { deny: [bindings.smtp] }
            """);
        var faults = new ResourceFaults();

        var configuration = ResourceLoader.Load(Options() with { ConfigPaths = [path] }, faults).Configuration;

        Assert.Empty(faults.Lines);
        Assert.Equal((0.5, "One", "bindings.smtp"), (configuration.Tracing.SamplingRate, Assert.Single(configuration.EnabledFeatures), Assert.Single(configuration.DeniedComponents)));
        Assert.Equal(("sqlite", "v1", "names.db"), (configuration.NameResolution!.Component, configuration.NameResolution.Version, configuration.NameResolution.Configuration["connectionString"]));
        var scope = Assert.Single(configuration.SecretScopes);
        Assert.True(scope.Allows("key"));
        Assert.False(scope.Allows("other"));
    }

    private ResourceSet Load(out IReadOnlyList<string> faults, params string[] more)
    {
        var found = new ResourceFaults();
        var resources = ResourceLoader.Load(Options() with { ResourcesPaths = [".", .. more] }, found);
        faults = found.Lines;
        return resources;
    }

    private SidecarOptions Options() => new() { AppId = "app", BaseDirectory = _folder };

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
