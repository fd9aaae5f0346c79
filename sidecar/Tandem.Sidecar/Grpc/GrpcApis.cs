using System.Collections.Frozen;

namespace Tandem.Sidecar.Grpc;

/// <summary>The methods of the Dapr service by the names that the Configuration's <c>api.allowed</c> and <c>api.denied</c> have for them.</summary>
internal static class GrpcApis
{
    /// <summary>What the paths of the service's methods begin with.</summary>
    public const string ServicePath = "/dapr.proto.runtime.v1.Dapr/";

    private static readonly FrozenDictionary<(string Name, string Version), string[]> Methods = new Dictionary<(string, string), string[]>
    {
        [("invoke", "v1")] = ["InvokeService"],
        [("state", "v1")] = ["GetState", "GetBulkState", "SaveState", "DeleteState", "DeleteBulkState", "ExecuteStateTransaction"],
        [("state", "v1alpha1")] = ["QueryStateAlpha1"],
        [("publish", "v1")] = ["PublishEvent", "BulkPublishEvent"],
        [("publish", "v1alpha1")] = ["BulkPublishEventAlpha1"],
        [("subscribe", "v1alpha1")] = ["SubscribeTopicEventsAlpha1"],
        [("bindings", "v1")] = ["InvokeBinding"],
        [("secrets", "v1")] = ["GetSecret", "GetBulkSecret"],
        [("actors", "v1")] =
        [
            "RegisterActorTimer", "UnregisterActorTimer", "RegisterActorReminder", "GetActorReminder", "UnregisterActorReminder",
            "UnregisterActorRemindersByType", "ListActorReminders", "GetActorState", "ExecuteActorStateTransaction", "InvokeActor",
        ],
        [("actors", "v1alpha1")] = ["SubscribeActorEventsAlpha1"],
        [("metadata", "v1")] = ["GetMetadata", "SetMetadata"],
        [("configuration", "v1")] = ["GetConfiguration", "SubscribeConfiguration", "UnsubscribeConfiguration"],
        [("configuration", "v1alpha1")] = ["GetConfigurationAlpha1", "SubscribeConfigurationAlpha1", "UnsubscribeConfigurationAlpha1"],
        [("lock", "v1alpha1")] = ["TryLockAlpha1"],
        [("unlock", "v1alpha1")] = ["UnlockAlpha1"],
        [("crypto", "v1alpha1")] = ["EncryptAlpha1", "DecryptAlpha1"],
        [("subtlecrypto", "v1alpha1")] =
        [
            "SubtleGetKeyAlpha1", "SubtleEncryptAlpha1", "SubtleDecryptAlpha1", "SubtleSignAlpha1", "SubtleVerifyAlpha1", "SubtleWrapKeyAlpha1", "SubtleUnwrapKeyAlpha1",
        ],
        [("workflows", "v1alpha1")] =
        [
            "StartWorkflowAlpha1", "GetWorkflowAlpha1", "TerminateWorkflowAlpha1", "RaiseEventWorkflowAlpha1", "PurgeWorkflowAlpha1", "PauseWorkflowAlpha1", "ResumeWorkflowAlpha1",
        ],
        [("workflows", "v1beta1")] =
        [
            "StartWorkflowBeta1", "GetWorkflowBeta1", "TerminateWorkflowBeta1", "RaiseEventWorkflowBeta1", "PurgeWorkflowBeta1", "PauseWorkflowBeta1", "ResumeWorkflowBeta1",
        ],
        [("jobs", "v1")] = ["ScheduleJob", "DeleteJob", "GetJob", "DeleteJobsByPrefix", "ListJobs"],
        [("jobs", "v1alpha1")] = ["ScheduleJobAlpha1", "DeleteJobAlpha1", "GetJobAlpha1", "DeleteJobsByPrefixAlpha1", "ListJobsAlpha1"],
        [("shutdown", "v1")] = ["Shutdown"],
        [("conversation", "v1alpha1")] = ["ConverseAlpha1"],
        [("conversation", "v1alpha2")] = ["ConverseAlpha2"],
    }.ToFrozenDictionary();

    /// <summary>The paths of an API's methods; none for a name that is not known.</summary>
    /// <param name="version"><c>v1</c>, <c>v1alpha1</c> and so on; <c>v1.0</c> and <c>v1.0-alpha1</c> mean the same.</param>
    public static IEnumerable<string> PathsOf(string name, string version)
        => Methods.GetValueOrDefault((name, version.Replace("v1.0", "v1", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal)), []).Select(static method => ServicePath + method);
}
