using Dapr.Client.Autogen.Grpc.v1;
using Dapr.Jobs;
using Dapr.Jobs.Extensions;
using Dapr.Jobs.Models;
using Dapr.Sdk.Tests.Client;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Wire = Dapr.Client.Autogen.Grpc.v1;

namespace Dapr.Sdk.Tests.Jobs;

public sealed class DaprJobsClientTests : ClientTest
{
    private static readonly DateTimeOffset Start = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private DaprJobsClient Jobs => new DaprJobsClientBuilder().UseGrpcEndpoint(Sidecar.GrpcEndpoint.AbsoluteUri).Build();

    [Fact]
    public async Task ScheduleJob_WithEverything_SendsEverything()
    {
        using var jobs = Jobs;

        await jobs.ScheduleJobAsync(
            "tidy", DaprJobSchedule.FromDuration(TimeSpan.FromMinutes(90)), new byte[] { 1, 2 }, Start, 5, Start.AddDays(1), overwrite: true,
            new JobFailurePolicyConstantOptions(TimeSpan.FromSeconds(3)) { MaxRetries = 2 });

        var job = new Job
        {
            Name = "tidy",
            Schedule = "@every 1h30m",
            DueTime = "2030-01-02T03:04:05.0000000+00:00",
            Ttl = "2030-01-03T03:04:05.0000000+00:00",
            Repeats = 5,
            Data = new Any { TypeUrl = "dapr.io/schedule/jobpayload", Value = ByteString.CopyFrom(1, 2) },
            FailurePolicy = new Wire.JobFailurePolicy { Constant = new JobFailurePolicyConstant { Interval = new Duration { Seconds = 3 }, MaxRetries = 2 } },
        };
        AssertCalled("ScheduleJobAlpha1", new ScheduleJobRequest { Job = job, Overwrite = true });
    }

    [Fact]
    public async Task ScheduleJobWithPayload_Value_IsJsonAtAPointInTime()
    {
        using var jobs = Jobs;

        await jobs.ScheduleJobWithPayloadAsync("tidy", DaprJobSchedule.FromDateTime(Start), new Widget("lamp", 1), failurePolicyOptions: new JobFailurePolicyDropOptions());

        var job = Grpc.Request<ScheduleJobRequest>().Job;
        Assert.Equal((false, "2030-01-02T03:04:05.0000000+00:00", """{"name":"lamp","size":1}"""), (job.HasSchedule, job.DueTime, job.Data.Value.ToStringUtf8()));
        Assert.NotNull(job.FailurePolicy.Drop);
    }

    [Fact]
    public async Task ScheduleJob_GoneBeforeItIsDue_IsRefused()
    {
        using var jobs = Jobs;

        await Assert.ThrowsAsync<ArgumentException>(() => jobs.ScheduleJobAsync("tidy", DaprJobSchedule.Daily, startingFrom: Start, ttl: Start));
        Assert.Empty(Grpc.Calls);
    }

    [Fact]
    public async Task GetJob_Found_HasWhatWasScheduled()
    {
        Grpc.Answers<GetJobRequest>(static _ => new GetJobResponse
        {
            Job = new Job { Name = "tidy", Schedule = "@daily", Repeats = 3, Ttl = "2030-01-02T03:04:05Z", Data = new Any { Value = ByteString.CopyFrom(7) } },
        });
        using var jobs = Jobs;

        var job = await jobs.GetJobAsync("tidy");

        Assert.Equal(("@daily", 3, Start, null), (job.Schedule.ExpressionValue, job.RepeatCount, job.Ttl, job.DueTime));
        Assert.Equal([7], job.Payload);
    }

    [Fact]
    public async Task GetJob_NotThere_Throws()
    {
        Grpc.Fails<GetJobRequest>(StatusCode.NotFound, "job not found");
        using var jobs = Jobs;

        Assert.Equal("NOT_FOUND", (await Assert.ThrowsAsync<DaprApiException>(() => jobs.GetJobAsync("tidy"))).ErrorCode);
    }

    [Fact]
    public async Task AddDaprJobsClient_Configuration_GivesEndpointAndToken()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("DAPR_GRPC_ENDPOINT", Sidecar.GrpcEndpoint.AbsoluteUri)]).Build());
        Assert.Same(services, services.AddDaprJobsClient(static (_, builder) => builder.UseDaprApiToken("t")).Services);
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<DaprJobsClient>().DeleteJobAsync("tidy");

        AssertCalled("DeleteJobAlpha1", new DeleteJobRequest { Name = "tidy" });
        Assert.Equal("t", Grpc.Only.Header("dapr-api-token"));
    }
}
