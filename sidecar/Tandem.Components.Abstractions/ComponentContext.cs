using Microsoft.Extensions.Logging;
using Tandem.Components.Metadata;

namespace Tandem.Components;

/// <summary>All that a component is made from: its resource with secrets resolved, and the sidecar it belongs to.</summary>
public sealed record ComponentContext
{
    /// <summary>The component's name, <c>metadata.name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The component's type, such as <c>state.sqlite</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The component's version, <c>v1</c> in most cases.</summary>
    public string Version { get; init; } = "v1";

    /// <summary>The component's metadata.</summary>
    public required ComponentMetadata Metadata { get; init; }

    /// <summary>The app ID of the sidecar.</summary>
    public required string AppId { get; init; }

    /// <summary>The namespace of the sidecar.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>What a relative path to a file that people wrote (secrets, certificates) is relative to.</summary>
    public string BaseDirectory { get; init; } = Environment.CurrentDirectory;

    /// <summary>What a relative path to data that the component writes is relative to.</summary>
    public string DataDirectory { get; init; } = Environment.CurrentDirectory;

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the component logs to.</summary>
    public required ILoggerFactory LoggerFactory { get; init; }

    /// <summary>The full path of a file that people wrote.</summary>
    public string ResolvePath(string path) => Path.GetFullPath(path, BaseDirectory);

    /// <summary>The full path of a file or folder that the component writes.</summary>
    public string ResolveDataPath(string path) => Path.GetFullPath(path, DataDirectory);
}
