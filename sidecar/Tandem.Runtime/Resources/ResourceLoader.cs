using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tandem.Runtime.Resources;

/// <summary>Reads the resources of one sidecar. All faults are collected; nothing is thrown for what people wrote.</summary>
public static class ResourceLoader
{
    private static readonly string[] KnownKinds = ["Component", "Subscription", "Configuration", "Resiliency", "HTTPEndpoint"];

    /// <summary>Reads the folders (or files) of <c>--resources-path</c> and the files of <c>--config</c>.</summary>
    public static ResourceSet Load(SidecarOptions options, ResourceFaults faults)
    {
        var found = new ResourceBatch();
        foreach (var file in FilesOf(options, faults))
        {
            Read(file, options, found, faults);
        }

        found.RemoveTwins(null, faults);
        return found.ToSet(LoadConfiguration(options, faults));
    }

    /// <summary>
    /// Reads the folders (or files) of <c>--resources-path</c> anew for a sidecar that runs. A file with faults counts as it was when it
    /// was last without; the Configuration stays.
    /// </summary>
    public static ResourceSet Reload(SidecarOptions options, ResourceSet before, ResourceFaults faults)
    {
        var unreachable = new ResourceFaults();
        var files = FilesOf(options, unreachable);
        if (unreachable.Lines.Count > 0)
        {
            faults.Add(unreachable);
            return before;
        }

        var found = new ResourceBatch();
        foreach (var file in files)
        {
            var own = new ResourceFaults();
            var batch = new ResourceBatch();
            Read(file, options, batch, own);
            found.Add(own.Lines.Count == 0 ? batch : ResourceBatch.Of(before, DisplayName(file, options.BaseDirectory)));
            faults.Add(own);
        }

        found.RemoveTwins(before, faults);
        return found.ToSet(before.Configuration);
    }

    private static void Read(string file, SidecarOptions options, ResourceBatch found, ResourceFaults faults)
    {
        foreach (var document in Documents(file, options.BaseDirectory, faults))
        {
            switch (document.Resource.Kind)
            {
                case "Component":
                    var component = ComponentReader.Read(document);
                    if (!AddIfInScope(found.Components, component, static resource => resource.Scopes, options.AppId))
                    {
                        found.ComponentsOfOtherApps.Add(component.Name);
                    }

                    break;
                case "Subscription":
                    AddIfInScope(found.Subscriptions, SubscriptionReader.Read(document), static resource => resource.Scopes, options.AppId);
                    break;
                case "Resiliency":
                    AddIfInScope(found.Resiliencies, ResiliencyReader.Read(document), static resource => resource.Scopes, options.AppId);
                    break;
                case "HTTPEndpoint":
                    AddIfInScope(found.HttpEndpoints, HttpEndpointReader.Read(document), static resource => resource.Scopes, options.AppId);
                    break;
                default:
                    // A Configuration takes effect only where --config names its file.
                    break;
            }
        }
    }

    private static ConfigurationResource LoadConfiguration(SidecarOptions options, ResourceFaults faults)
    {
        var configuration = new ConfigurationResource();
        foreach (var path in options.ConfigPaths)
        {
            var file = Path.GetFullPath(path, options.BaseDirectory);
            if (!File.Exists(file))
            {
                faults.Add($"app '{options.AppId}': --config '{path}' does not exist");
                continue;
            }

            foreach (var document in Documents(file, options.BaseDirectory, faults).Where(static document => document.Resource.Kind == "Configuration"))
            {
                configuration = ConfigurationReader.Read(document, configuration);
            }
        }

        return configuration;
    }

    private static List<string> FilesOf(SidecarOptions options, ResourceFaults faults)
    {
        var files = new List<string>();
        foreach (var path in options.ResourcesPaths)
        {
            var full = Path.GetFullPath(path, options.BaseDirectory);
            if (File.Exists(full))
            {
                files.Add(full);
            }
            else if (Directory.Exists(full))
            {
                files.AddRange(Directory.EnumerateFiles(full)
                    .Where(static file => Path.GetExtension(file) is ".yaml" or ".yml")
                    .Order(StringComparer.Ordinal));
            }
            else
            {
                faults.Add($"app '{options.AppId}': --resources-path '{path}' does not exist");
            }
        }

        return files;
    }

    private static IEnumerable<YamlMap> Documents(string file, string baseDirectory, ResourceFaults faults)
    {
        var name = DisplayName(file, baseDirectory);
        var stream = new YamlStream();
        try
        {
            using var reader = new StreamReader(file);
            stream.Load(reader);
        }
        catch (YamlException exception)
        {
            faults.Add($"{name}:{exception.Start.Line}: is not valid YAML: {exception.InnerException?.Message ?? exception.Message}");
            yield break;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{name}: cannot be read: {exception.Message}");
            yield break;
        }

        foreach (var document in stream.Documents)
        {
            if (document.RootNode is YamlMappingNode root && Identify(root, name, faults) is { } resource)
            {
                yield return new YamlMap(root, "", resource, faults);
            }
            else if (document.RootNode is not YamlMappingNode and not YamlScalarNode { Value: null or "" })
            {
                faults.Add($"{name}:{document.RootNode.Start.Line}: a resource must be a mapping with apiVersion, kind, metadata and spec");
            }
        }
    }

    /// <summary>Says what the document is; <see langword="null"/> when it is none of Dapr's resources.</summary>
    private static ResourceId? Identify(YamlMappingNode root, string file, ResourceFaults faults)
    {
        var line = root.Start.Line;
        var anonymous = new YamlMap(root, "", new ResourceId(file, line, "resource", ""), new ResourceFaults());
        var kind = anonymous.GetString("kind") ?? "";
        var apiVersion = anonymous.GetString("apiVersion") ?? "";
        var name = anonymous.GetMap("metadata")?.GetString("name") ?? "";
        var resource = new ResourceId(file, line, kind, name);
        if (apiVersion.Length == 0 || kind.Length == 0)
        {
            faults.Add($"{file}:{line}: {(apiVersion.Length == 0 ? "apiVersion" : "kind")} is required");
            return null;
        }

        if (!apiVersion.StartsWith("dapr.io/", StringComparison.Ordinal))
        {
            // A Deployment or the like that shares the file; Kubernetes reads it.
            return null;
        }

        if (!KnownKinds.Contains(kind))
        {
            faults.Add(resource, "kind", $"is not known; known are {string.Join(", ", KnownKinds)}");
            return null;
        }

        if (apiVersion is not "dapr.io/v1alpha1" && (kind, apiVersion) is not ("Subscription", "dapr.io/v2alpha1"))
        {
            faults.Add(resource, "apiVersion", $"'{apiVersion}' is not known for a {kind}");
            return null;
        }

        if (name.Length == 0)
        {
            faults.Add(resource, "metadata.name", "is required");
        }

        return resource;
    }

    private static bool AddIfInScope<T>(List<T> list, T resource, Func<T, IReadOnlyList<string>> scopes, string appId)
    {
        var isInScope = scopes(resource) is { Count: 0 } || scopes(resource).Contains(appId);
        if (isInScope)
        {
            list.Add(resource);
        }

        return isInScope;
    }

    private static string DisplayName(string file, string baseDirectory)
    {
        var relative = Path.GetRelativePath(baseDirectory, file);
        return relative.StartsWith("..", StringComparison.Ordinal) ? file : relative;
    }
}
