using Microsoft.AspNetCore.Http;
using Tandem.Components.Bindings;
using Tandem.Components.Configuration;
using Tandem.Components.Crypto;
using Tandem.Components.Jobs;
using Tandem.Components.Locks;
using Tandem.Components.NameResolution;
using Tandem.Components.PubSub;
using Tandem.Components.Secrets;
using Tandem.Components.State;

namespace Tandem.Components;

/// <summary>Every component that this sidecar can be given, by building block.</summary>
public sealed class ComponentCatalog
{
    /// <summary><c>state.*</c></summary>
    public ComponentRegistry<IStateStore> StateStores { get; } = new("state");

    /// <summary><c>pubsub.*</c></summary>
    public ComponentRegistry<IPubSub> PubSubs { get; } = new("pubsub");

    /// <summary><c>secretstores.*</c></summary>
    public ComponentRegistry<ISecretStore> SecretStores { get; } = new("secretstores");

    /// <summary><c>bindings.*</c>; each is an <see cref="IInputBinding"/>, an <see cref="IOutputBinding"/> or both.</summary>
    public ComponentRegistry<object> Bindings { get; } = new("bindings");

    /// <summary><c>configuration.*</c></summary>
    public ComponentRegistry<IConfigurationStore> ConfigurationStores { get; } = new("configuration");

    /// <summary><c>lock.*</c></summary>
    public ComponentRegistry<ILockStore> LockStores { get; } = new("lock");

    /// <summary><c>middleware.http.*</c>, which the Configuration's pipelines name.</summary>
    public ComponentRegistry<IMiddleware> Middleware { get; } = new("middleware");

    /// <summary><c>crypto.*</c></summary>
    public ComponentRegistry<ICryptoProvider> CryptoProviders { get; } = new("crypto");

    /// <summary><c>nameresolution.*</c>, named by the Configuration and not by a Component resource.</summary>
    public ComponentRegistry<INameResolver> NameResolvers { get; } = new("nameresolution");

    /// <summary>Where jobs are kept: chosen by the sidecar and by no resource.</summary>
    public ComponentRegistry<IJobStore> JobStores { get; } = new("jobs");
}
