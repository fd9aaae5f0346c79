using System.Threading.Channels;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Tests.Grpc.Support;
using Tandem.Runtime.Tests.Support;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Grpc;

public sealed class JobCallsTests : IAsyncLifetime
{
    private readonly Channel<(string Path, string Body)> _triggered = Channel.CreateUnbounded<(string, string)>();
    private TestApp _app = null!;
    private GrpcSidecar _sidecar = null!;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync(async http =>
        {
            if (http.Request.Path.StartsWithSegments("/job"))
            {
                _triggered.Writer.TryWrite((http.Request.Path, await new StreamReader(http.Request.Body).ReadToEndAsync()));
            }
            else
            {
                http.Response.StatusCode = StatusCodes.Status404NotFound;
            }
        });
        _sidecar = await GrpcSidecar.StartAsync(options => options with { AppPort = _app.Port });
    }

    public async Task DisposeAsync()
    {
        await _sidecar.Client.DeleteJobsByPrefixAsync(new());
        await _sidecar.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Job_WithEverything_IsGivenBackAsItWas()
    {
        var job = new Job
        {
            Name = "report",
            Schedule = "@every 1h",
            DueTime = "1h",
            Repeats = 3,
            Ttl = "48h",
            Data = Any.Pack(new StringValue { Value = "some words" }),
            FailurePolicy = new JobFailurePolicy { Constant = new JobFailurePolicyConstant { Interval = Duration.FromTimeSpan(TimeSpan.FromSeconds(2)), MaxRetries = 4 } },
        };

        await _sidecar.Client.ScheduleJobAsync(new() { Job = job });

        Assert.Equal(job, (await _sidecar.Client.GetJobAsync(new() { Name = "report" })).Job);
        await _sidecar.Client.ScheduleJobAsync(new() { Job = job }).FailsAsync(StatusCode.AlreadyExists);
        await _sidecar.Client.ScheduleJobAsync(new() { Job = job, Overwrite = true });
        await _sidecar.Client.DeleteJobAsync(new() { Name = "report" });
        await _sidecar.Client.GetJobAsync(new() { Name = "report" }).FailsAsync(StatusCode.Internal);
    }

    [Fact]
    public async Task Jobs_AreListedAndDeletedByPrefix()
    {
        foreach (var name in new[] { "a-1", "a-2", "b-1" })
        {
            await _sidecar.Client.ScheduleJobAsync(new() { Job = new Job { Name = name, DueTime = "1h", FailurePolicy = new JobFailurePolicy { Drop = new() } } });
        }

        Assert.Equal(["a-1", "a-2", "b-1"], (await _sidecar.Client.ListJobsAsync(new())).Jobs.Select(static job => job.Name));
        Assert.All((await _sidecar.Client.ListJobsAsync(new())).Jobs, static job => Assert.Equal(JobFailurePolicy.PolicyOneofCase.Drop, job.FailurePolicy.PolicyCase));
        await _sidecar.Client.DeleteJobsByPrefixAsync(new() { NamePrefix = "a-" });
        Assert.Equal(["b-1"], (await _sidecar.Client.ListJobsAsync(new())).Jobs.Select(static job => job.Name));
        await _sidecar.Client.DeleteJobsByPrefixAsync(new());
        Assert.Empty((await _sidecar.Client.ListJobsAsync(new())).Jobs);
    }

    [Fact]
    public async Task Job_ThatIsDue_ReachesAnHttpAppWithItsBytes()
    {
        await _sidecar.Client.ScheduleJobAsync(new()
        {
            Job = new Job { Name = "now", DueTime = "0s", Data = new Any { TypeUrl = "type.example/Thing", Value = Rpc.Bytes(" {\"n\":1} ") } },
        });
        Assert.Equal(("/job/now", "{\"n\":1}"), await _triggered.Reader.ReadAsync().WithinAsync());

        await _sidecar.Client.ScheduleJobAsync(new() { Job = new Job { Name = "json", DueTime = "0s", Data = Any.Pack(Value.ForStruct(new Struct { Fields = { ["n"] = Value.ForNumber(2) } })) } });
        var (path, body) = await _triggered.Reader.ReadAsync().WithinAsync();
        Assert.Equal(("/job/json", "{\"n\":2}"), (path, body.Replace(" ", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Jobs_ThatCannotBeScheduled_SayWhy()
    {
        Assert.Equal("DAPR_SCHEDULER_EMPTY", (await _sidecar.Client.ScheduleJobAsync(new()).FailsAsync(StatusCode.InvalidArgument)).Reason());
        Assert.Equal("DAPR_SCHEDULER_JOB_NAME_EMPTY", (await _sidecar.Client.ScheduleJobAsync(new() { Job = new Job { DueTime = "1h" } }).FailsAsync(StatusCode.InvalidArgument)).Reason());
        Assert.Equal("DAPR_SCHEDULER_SCHEDULE_EMPTY", (await _sidecar.Client.ScheduleJobAsync(new() { Job = new Job { Name = "x" } }).FailsAsync(StatusCode.InvalidArgument)).Reason());
        Assert.Equal("DAPR_SCHEDULER_SCHEDULE_JOB", (await _sidecar.Client.ScheduleJobAsync(new() { Job = new Job { Name = "x", Schedule = "often" } }).FailsAsync(StatusCode.Internal)).Reason());
        await _sidecar.Client.GetJobAsync(new()).FailsAsync(StatusCode.InvalidArgument);
        await _sidecar.Client.DeleteJobAsync(new()).FailsAsync(StatusCode.InvalidArgument);
    }
}
