using Google.Protobuf.WellKnownTypes;
using Tandem.Runtime.Jobs;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Tandem.Sidecar.Grpc.Jobs;

/// <summary>The jobs methods.</summary>
internal static class JobCalls
{
    public static async Task<Proto.ScheduleJobResponse> ScheduleAsync(BuildingBlocks blocks, Proto.ScheduleJobRequest request)
    {
        var job = request.Job ?? throw blocks.Jobs.Missing();

        // What was begun is carried out, whether its caller waits for the answer or not.
        await blocks.Jobs.ScheduleAsync(job.Name, Read(job) with { Overwrite = request.Overwrite }, CancellationToken.None).ConfigureAwait(false);
        return new Proto.ScheduleJobResponse();
    }

    public static async Task<Proto.GetJobResponse> GetAsync(BuildingBlocks blocks, string name, CancellationToken cancellationToken)
        => new() { Job = Write(name, await blocks.Jobs.GetAsync(name, cancellationToken).ConfigureAwait(false)) };

    public static async Task<Proto.DeleteJobResponse> DeleteAsync(BuildingBlocks blocks, string name)
    {
        await blocks.Jobs.DeleteAsync(name, CancellationToken.None).ConfigureAwait(false);
        return new Proto.DeleteJobResponse();
    }

    /// <summary>Deletes the jobs whose names begin so; all of them when nothing is said.</summary>
    public static Task DeleteByPrefixAsync(BuildingBlocks blocks, string prefix) => blocks.Jobs.DeleteByPrefixAsync(prefix, CancellationToken.None);

    public static async Task<IEnumerable<Proto.Job>> ListAsync(BuildingBlocks blocks, CancellationToken cancellationToken)
        => (await blocks.Jobs.ListAsync(cancellationToken).ConfigureAwait(false)).Select(static pair => Write(pair.Name, pair.Job));

    private static JobRequest Read(Proto.Job job) => JobData.With(
        new JobRequest
        {
            Schedule = job.HasSchedule ? job.Schedule : null,
            Repeats = job.HasRepeats ? job.Repeats : null,
            DueTime = job.HasDueTime ? job.DueTime : null,
            Ttl = job.HasTtl ? job.Ttl : null,
            FailurePolicy = Read(job.FailurePolicy),
        },
        job.Data);

    private static Proto.Job Write(string name, JobRequest request)
    {
        var job = new Proto.Job { Name = name, Data = JobData.ToAny(request), FailurePolicy = Write(request.FailurePolicy) };
        if (request.Schedule is { } schedule)
        {
            job.Schedule = schedule;
        }

        if (request.Repeats is { } repeats)
        {
            job.Repeats = repeats;
        }

        if (request.DueTime is { } dueTime)
        {
            job.DueTime = dueTime;
        }

        if (request.Ttl is { } ttl)
        {
            job.Ttl = ttl;
        }

        return job;
    }

    private static JobFailurePolicy Read(Proto.JobFailurePolicy? policy) => policy?.PolicyCase switch
    {
        Proto.JobFailurePolicy.PolicyOneofCase.Drop => JobFailurePolicy.Drop,
        Proto.JobFailurePolicy.PolicyOneofCase.Constant => new JobFailurePolicy(
            policy.Constant.HasMaxRetries ? policy.Constant.MaxRetries : null,
            policy.Constant.Interval?.ToTimeSpan() is { } interval && interval > TimeSpan.Zero ? interval : TimeSpan.Zero),
        _ => JobFailurePolicy.Default,
    };

    private static Proto.JobFailurePolicy Write(JobFailurePolicy policy)
    {
        if (policy == JobFailurePolicy.Drop)
        {
            return new Proto.JobFailurePolicy { Drop = new Proto.JobFailurePolicyDrop() };
        }

        var constant = new Proto.JobFailurePolicyConstant { Interval = Duration.FromTimeSpan(policy.Interval) };
        if (policy.MaxRetries is { } retries)
        {
            constant.MaxRetries = retries;
        }

        return new Proto.JobFailurePolicy { Constant = constant };
    }
}
