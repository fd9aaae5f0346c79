using System.Globalization;
using Tandem.Components.Metadata;

namespace Tandem.Components.Http.Kubernetes;

/// <summary>Where the cluster's API is and who asks: as Kubernetes tells every pod, in its environment and its service account's folder.</summary>
/// <param name="Namespace">The namespace whose secrets are read.</param>
/// <param name="AccountFolder">The folder with <c>token</c> and <c>ca.crt</c>.</param>
internal sealed record KubernetesOptions(Uri Api, string Namespace, string AccountFolder)
{
    /// <summary>Where Kubernetes puts a pod's service account.</summary>
    public const string DefaultFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>The token; it is read for each request, as the kubelet puts a new one there before the old one ends.</summary>
    public string TokenPath => Path.Combine(AccountFolder, "token");

    public string AuthorityPath => Path.Combine(AccountFolder, "ca.crt");

    public static KubernetesOptions Parse(ComponentContext context, Func<string, string?> environment, string folder)
    {
        if (context.Metadata.GetString("kubeconfigPath") is not null)
        {
            throw new ComponentMetadataException("kubeconfigPath", "cannot be used: the store reads with the pod's service account");
        }

        var host = environment("KUBERNETES_SERVICE_HOST");
        var port = environment("KUBERNETES_SERVICE_PORT") ?? "443";
        if (string.IsNullOrEmpty(host) || !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            throw new InvalidOperationException("secretstores.kubernetes works in a pod of a cluster only: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT name no API");
        }

        return new KubernetesOptions(new UriBuilder("https", host, number).Uri, NamespaceOf(context, environment, folder), folder);
    }

    /// <summary>As in Dapr the sidecar's namespace goes before the component's; last comes the pod's own.</summary>
    private static string NamespaceOf(ComponentContext context, Func<string, string?> environment, string folder)
    {
        if ((environment("NAMESPACE") is { Length: > 0 } named ? named : context.Metadata.GetString("defaultNamespace")) is { } chosen)
        {
            return chosen;
        }

        var file = Path.Combine(folder, "namespace");
        return File.Exists(file) ? File.ReadAllText(file).Trim() : context.Namespace;
    }
}
