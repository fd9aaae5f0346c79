using System.Collections.Frozen;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.AccessControl;

/// <summary>Which apps may invoke what of this app, as the Configuration's <c>accessControl</c> says.</summary>
public sealed class AccessControlList
{
    private readonly bool _allowedByDefault;
    private readonly FrozenDictionary<(string AppId, string Namespace), Policy> _policies;

    /// <summary>Takes the list's settings.</summary>
    public AccessControlList(AccessControlSettings settings)
    {
        _allowedByDefault = settings.AllowedByDefault;
        var policies = new Dictionary<(string, string), Policy>();
        foreach (var policy in settings.Policies)
        {
            policies[(policy.AppId, policy.Namespace)] = new Policy(policy, OperationTree.Create(policy.Operations));
        }

        _policies = policies.ToFrozenDictionary();
    }

    /// <summary>Whether the caller may carry out the operation.</summary>
    /// <param name="pathAndQuery">The operation's path (and query) as it was sent.</param>
    /// <param name="verb">The HTTP verb; empty for a gRPC method, which has none.</param>
    public bool Allows(CallerIdentity caller, string pathAndQuery, string verb)
    {
        if (!_policies.TryGetValue((caller.AppId, caller.Namespace), out var policy) || policy.Settings.TrustDomain != caller.TrustDomain)
        {
            return _allowedByDefault && OperationPath.TryNormalize(pathAndQuery, out _);
        }

        // A path that the app may read in more than one way is not let past a list.
        return OperationPath.TryNormalize(pathAndQuery, out var path)
            && (policy.Operations.Find(path, verb) ?? policy.Settings.AllowedByDefault ?? _allowedByDefault);
    }

    private sealed record Policy(AppPolicySettings Settings, OperationTree Operations);
}

/// <summary>Who calls, as the calling sidecar says it: an app cannot name another one.</summary>
/// <param name="TrustDomain">The trust domain that the caller's Configuration names.</param>
public readonly record struct CallerIdentity(string AppId, string Namespace, string TrustDomain)
{
    /// <summary>The identity as certificates would write it.</summary>
    public override string ToString() => $"spiffe://{TrustDomain}/ns/{Namespace}/{AppId}";
}
