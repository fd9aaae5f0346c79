using Tandem.Runtime.AccessControl;
using Tandem.Runtime.AppChannel;

namespace Tandem.Runtime.Invocation;

/// <summary>An app whose sidecar is in this process, as its callers in this process reach it: past the sidecar, unless something stands in between.</summary>
/// <param name="Channel">The way to the app.</param>
/// <param name="AccessControl">Who may call what; <see langword="null"/> for all.</param>
/// <param name="PipelineAddress">Where the app's HTTP pipeline is passed, if it has one: its sidecar's internal listener.</param>
public sealed record LocalApp(AppChannelBase Channel, AccessControlList? AccessControl = null, string? PipelineAddress = null);

/// <summary>Finds the apps whose sidecars are in this process.</summary>
public interface ILocalSidecars
{
    /// <summary>An app beside a sidecar of this process, or <see langword="null"/>.</summary>
    LocalApp? Find(string appNamespace, string appId);
}
