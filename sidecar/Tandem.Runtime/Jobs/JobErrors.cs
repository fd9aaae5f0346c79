using Grpc.Core;
using Tandem.Runtime.Errors;

namespace Tandem.Runtime.Jobs;

/// <summary>Every error of the jobs building block, with Dapr's code and status.</summary>
internal sealed class JobErrors(string appNamespace, string appId)
{
    private readonly Dictionary<string, string> _metadata = new() { ["appID"] = appId, ["namespace"] = appNamespace };

    public DaprError Exists(string name)
        => New(409, "DAPR_SCHEDULER_SCHEDULE_JOB", $"failed to schedule job due to: a job named '{name}' exists already, and the request does not say overwrite") with { GrpcStatus = StatusCode.AlreadyExists };

    public DaprError Schedule(string reason) => New(500, "DAPR_SCHEDULER_SCHEDULE_JOB", $"failed to schedule job due to: {reason}");

    public DaprError Empty() => New(400, "DAPR_SCHEDULER_SCHEDULE_EMPTY", "either schedule or dueTime must be given");

    public DaprError NameInBody() => New(400, "DAPR_SCHEDULER_JOB_NAME", "the name of a job is given in the URL, and not in the body");

    public DaprError NameEmpty() => New(400, "DAPR_SCHEDULER_JOB_NAME_EMPTY", "the name of a job must not be empty");

    public DaprError NotFound(string name) => New(500, "DAPR_SCHEDULER_GET_JOB", $"failed to get job due to: job not found: {name}");

    public DaprError Get(string reason) => New(500, "DAPR_SCHEDULER_GET_JOB", $"failed to get job due to: {reason}");

    public DaprError List(string reason) => New(500, "DAPR_SCHEDULER_LIST_JOBS", $"failed to list jobs due to: {reason}");

    public DaprError Missing() => New(400, "DAPR_SCHEDULER_EMPTY", "the job is missing");

    public DaprError Delete(string reason) => New(500, "DAPR_SCHEDULER_DELETE_JOB", $"failed to delete job due to: {reason}");

    public static DaprError Malformed(string reason) => new(400, "ERR_MALFORMED_REQUEST", $"failed deserializing HTTP body: {reason}");

    private DaprError New(int status, string code, string message) => new(status, code, message, new ErrorInfo(code, _metadata));
}
