using Google.Protobuf.WellKnownTypes;
using Tandem.Runtime.Resources;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Tandem.Sidecar.Grpc.Metadata;

/// <summary>The metadata methods.</summary>
internal static class MetadataCalls
{
    /// <summary>Where clients of old look for the version.</summary>
    private const string VersionKey = "daprRuntimeVersion";

    public static Proto.GetMetadataResponse Get(SidecarInstance sidecar)
    {
        var blocks = sidecar.Blocks;
        var response = new Proto.GetMetadataResponse
        {
            Id = sidecar.Options.AppId,
            RuntimeVersion = SidecarVersion.Current,
            AppConnectionProperties = DescribeApp(sidecar),
            ActorRuntime = new Proto.ActorRuntime
            {
                RuntimeStatus = Proto.ActorRuntime.Types.ActorRuntimeStatus.Running,
                HostReady = blocks.Actors.IsReady,
                Placement = "placement: connected",
            },
        };
        response.EnabledFeatures.AddRange(blocks.Configuration.EnabledFeatures);
        foreach (var (type, count) in blocks.Actors.ActiveActors)
        {
            response.ActorRuntime.ActiveActors.Add(new Proto.ActiveActorsCount { Type = type, Count = count });
        }

        foreach (var component in blocks.Components.All)
        {
            var described = new Proto.RegisteredComponents { Name = component.Name, Type = component.Resource.Type, Version = component.Resource.Version };
            described.Capabilities.AddRange(component.Capabilities);
            response.RegisteredComponents.Add(described);
        }

        foreach (var (key, value) in sidecar.ExtendedMetadata)
        {
            response.ExtendedMetadata[key] = value;
        }

        response.ExtendedMetadata.TryAdd(VersionKey, SidecarVersion.Current);
        response.Subscriptions.AddRange(blocks.Subscriptions.Active.Select(static active => Describe(active.Subscription, active.Type)));
        response.HttpEndpoints.AddRange(blocks.Resources.HttpEndpoints.Select(static endpoint => new Proto.MetadataHTTPEndpoint { Name = endpoint.Id.Name }));
        response.Resiliencies.AddRange(blocks.Resources.Resiliencies.Select(static resiliency => new Proto.MetadataResiliency { Name = resiliency.Id.Name }));
        return response;
    }

    public static Empty Set(SidecarInstance sidecar, Proto.SetMetadataRequest request)
    {
        if (request.Key.Length > 0)
        {
            sidecar.ExtendedMetadata[request.Key] = request.Value;
        }

        return new Empty();
    }

    private static Proto.AppConnectionProperties DescribeApp(SidecarInstance sidecar)
    {
        var options = sidecar.Options;
        var app = new Proto.AppConnectionProperties { ChannelAddress = options.AppChannelAddress, Protocol = options.AppProtocol, Port = options.AppPort ?? 0 };
        if (options.AppMaxConcurrency > 0)
        {
            app.MaxConcurrency = options.AppMaxConcurrency;
        }

        if (options.AppHealthCheckEnabled)
        {
            app.Health = new Proto.AppConnectionHealthProperties
            {
                HealthCheckPath = options.AppHealthCheckPath,
                HealthProbeInterval = $"{options.AppHealthProbeInterval.TotalSeconds}s",
                HealthProbeTimeout = $"{options.AppHealthProbeTimeout.TotalMilliseconds}ms",
                HealthThreshold = options.AppHealthThreshold,
            };
        }

        return app;
    }

    private static Proto.PubsubSubscription Describe(SubscriptionResource subscription, string type)
    {
        var described = new Proto.PubsubSubscription
        {
            PubsubName = subscription.PubSubName,
            Topic = subscription.Topic,
            DeadLetterTopic = subscription.DeadLetterTopic ?? "",
            Rules = new Proto.PubsubSubscriptionRules(),
            Type = type switch
            {
                "DECLARATIVE" => Proto.PubsubSubscriptionType.Declarative,
                "PROGRAMMATIC" => Proto.PubsubSubscriptionType.Programmatic,
                "STREAMING" => Proto.PubsubSubscriptionType.Streaming,
                _ => Proto.PubsubSubscriptionType.Unknown,
            },
        };
        foreach (var (name, value) in subscription.Metadata)
        {
            described.Metadata[name] = value;
        }

        described.Rules.Rules.AddRange(subscription.Rules.Select(static rule => new Proto.PubsubSubscriptionRule { Match = rule.Match, Path = rule.Path }));
        if (subscription.DefaultRoute is { Length: > 0 } route)
        {
            described.Rules.Rules.Add(new Proto.PubsubSubscriptionRule { Path = route });
        }

        return described;
    }
}
