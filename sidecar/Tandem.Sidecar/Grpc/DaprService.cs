using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Tandem.Sidecar.Grpc.Actors;
using Tandem.Sidecar.Grpc.Bindings;
using Tandem.Sidecar.Grpc.Configuration;
using Tandem.Sidecar.Grpc.Crypto;
using Tandem.Sidecar.Grpc.Invocation;
using Tandem.Sidecar.Grpc.Jobs;
using Tandem.Sidecar.Grpc.Locks;
using Tandem.Sidecar.Grpc.Metadata;
using Tandem.Sidecar.Grpc.PubSub;
using Tandem.Sidecar.Grpc.Secrets;
using Tandem.Sidecar.Grpc.Shutdown;
using Tandem.Sidecar.Grpc.State;
using DaprApi = Dapr.Client.Autogen.Grpc.v1.Dapr;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Tandem.Sidecar.Grpc;

// Clients of old call the methods that Dapr gave new names.
#pragma warning disable CS0672

/// <summary>The table of the Dapr service's methods: each is carried out by the class of its building block.</summary>
internal sealed partial class DaprService(SidecarInstance sidecar, BuildingBlocks blocks) : DaprApi.DaprBase
{
    public override Task<Proto.GetStateResponse> GetState(Proto.GetStateRequest request, ServerCallContext context)
        => StateCalls.GetAsync(blocks, request, context.CancellationToken);

    public override Task<Proto.GetBulkStateResponse> GetBulkState(Proto.GetBulkStateRequest request, ServerCallContext context)
        => StateCalls.GetManyAsync(blocks, request, context.CancellationToken);

    public override Task<Empty> SaveState(Proto.SaveStateRequest request, ServerCallContext context)
        => StateCalls.SaveAsync(blocks, request, context.CancellationToken);

    public override Task<Empty> DeleteState(Proto.DeleteStateRequest request, ServerCallContext context)
        => StateCalls.DeleteAsync(blocks, request, context.CancellationToken);

    public override Task<Empty> DeleteBulkState(Proto.DeleteBulkStateRequest request, ServerCallContext context)
        => StateCalls.DeleteManyAsync(blocks, request, context.CancellationToken);

    public override Task<Empty> ExecuteStateTransaction(Proto.ExecuteStateTransactionRequest request, ServerCallContext context)
        => StateCalls.ExecuteAsync(blocks, request, context.GetHttpContext(), context.CancellationToken);

    public override Task<Proto.QueryStateResponse> QueryStateAlpha1(Proto.QueryStateRequest request, ServerCallContext context)
        => StateCalls.QueryAsync(blocks, request, context.CancellationToken);

    public override Task<Empty> PublishEvent(Proto.PublishEventRequest request, ServerCallContext context)
        => PublishCalls.PublishAsync(blocks, request, context.GetHttpContext(), context.CancellationToken);

    public override Task<Proto.BulkPublishResponse> BulkPublishEvent(Proto.BulkPublishRequest request, ServerCallContext context)
        => PublishCalls.PublishManyAsync(blocks, request, context.GetHttpContext(), context.CancellationToken);

    public override Task<Proto.BulkPublishResponse> BulkPublishEventAlpha1(Proto.BulkPublishRequest request, ServerCallContext context)
        => PublishCalls.PublishManyAsync(blocks, request, context.GetHttpContext(), context.CancellationToken);

    public override Task SubscribeTopicEventsAlpha1(
        IAsyncStreamReader<Proto.SubscribeTopicEventsRequestAlpha1> requestStream, IServerStreamWriter<Proto.SubscribeTopicEventsResponseAlpha1> responseStream, ServerCallContext context)
        => TopicEventStream.RunAsync(blocks, requestStream, responseStream, context.CancellationToken);

    public override Task<Proto.InvokeResponse> InvokeService(Proto.InvokeServiceRequest request, ServerCallContext context)
        => InvocationCalls.InvokeAsync(sidecar, request, context);

    public override Task<Proto.InvokeBindingResponse> InvokeBinding(Proto.InvokeBindingRequest request, ServerCallContext context)
        => BindingCalls.InvokeAsync(blocks, request, context.GetHttpContext(), context.CancellationToken);

    public override Task<Proto.GetSecretResponse> GetSecret(Proto.GetSecretRequest request, ServerCallContext context)
        => SecretCalls.GetAsync(blocks, request, context.CancellationToken);

    public override Task<Proto.GetBulkSecretResponse> GetBulkSecret(Proto.GetBulkSecretRequest request, ServerCallContext context)
        => SecretCalls.GetAllAsync(blocks, request, context.CancellationToken);

    public override Task<Proto.GetConfigurationResponse> GetConfiguration(Proto.GetConfigurationRequest request, ServerCallContext context)
        => ConfigurationCalls.GetAsync(blocks, request, context.CancellationToken);

    public override Task<Proto.GetConfigurationResponse> GetConfigurationAlpha1(Proto.GetConfigurationRequest request, ServerCallContext context)
        => ConfigurationCalls.GetAsync(blocks, request, context.CancellationToken);

    public override Task SubscribeConfiguration(
        Proto.SubscribeConfigurationRequest request, IServerStreamWriter<Proto.SubscribeConfigurationResponse> responseStream, ServerCallContext context)
        => ConfigurationCalls.SubscribeAsync(blocks, request, responseStream, context.CancellationToken);

    public override Task SubscribeConfigurationAlpha1(
        Proto.SubscribeConfigurationRequest request, IServerStreamWriter<Proto.SubscribeConfigurationResponse> responseStream, ServerCallContext context)
        => ConfigurationCalls.SubscribeAsync(blocks, request, responseStream, context.CancellationToken);

    public override Task<Proto.UnsubscribeConfigurationResponse> UnsubscribeConfiguration(Proto.UnsubscribeConfigurationRequest request, ServerCallContext context)
        => ConfigurationCalls.UnsubscribeAsync(blocks, request);

    public override Task<Proto.UnsubscribeConfigurationResponse> UnsubscribeConfigurationAlpha1(Proto.UnsubscribeConfigurationRequest request, ServerCallContext context)
        => ConfigurationCalls.UnsubscribeAsync(blocks, request);

    public override Task<Proto.TryLockResponse> TryLockAlpha1(Proto.TryLockRequest request, ServerCallContext context)
        => LockCalls.TryLockAsync(blocks, request, context.CancellationToken);

    public override Task<Proto.UnlockResponse> UnlockAlpha1(Proto.UnlockRequest request, ServerCallContext context)
        => LockCalls.UnlockAsync(blocks, request, context.CancellationToken);

    public override Task EncryptAlpha1(IAsyncStreamReader<Proto.EncryptRequest> requestStream, IServerStreamWriter<Proto.EncryptResponse> responseStream, ServerCallContext context)
        => CryptoCalls.EncryptAsync(blocks, requestStream, responseStream, context.CancellationToken);

    public override Task DecryptAlpha1(IAsyncStreamReader<Proto.DecryptRequest> requestStream, IServerStreamWriter<Proto.DecryptResponse> responseStream, ServerCallContext context)
        => CryptoCalls.DecryptAsync(blocks, requestStream, responseStream, context.CancellationToken);

    public override Task<Proto.InvokeActorResponse> InvokeActor(Proto.InvokeActorRequest request, ServerCallContext context)
        => ActorCalls.InvokeAsync(sidecar, request, context.GetHttpContext(), context.CancellationToken);

    public override Task SubscribeActorEventsAlpha1(
        IAsyncStreamReader<Proto.SubscribeActorEventsRequestAlpha1> requestStream, IServerStreamWriter<Proto.SubscribeActorEventsResponseAlpha1> responseStream, ServerCallContext context)
        => ActorEventStream.RunAsync(sidecar, requestStream, responseStream, context.CancellationToken);

    public override Task<Proto.GetActorStateResponse> GetActorState(Proto.GetActorStateRequest request, ServerCallContext context)
        => ActorCalls.GetStateAsync(blocks, request, context.CancellationToken);

    public override Task<Empty> ExecuteActorStateTransaction(Proto.ExecuteActorStateTransactionRequest request, ServerCallContext context)
        => ActorCalls.SaveStateAsync(blocks, request);

    public override Task<Empty> RegisterActorTimer(Proto.RegisterActorTimerRequest request, ServerCallContext context)
        => Task.FromResult(ActorScheduleCalls.CreateTimer(blocks, request));

    public override Task<Empty> UnregisterActorTimer(Proto.UnregisterActorTimerRequest request, ServerCallContext context)
        => Task.FromResult(ActorScheduleCalls.DeleteTimer(blocks, request));

    public override Task<Empty> RegisterActorReminder(Proto.RegisterActorReminderRequest request, ServerCallContext context)
        => ActorScheduleCalls.CreateReminderAsync(blocks, request);

    public override Task<Empty> UnregisterActorReminder(Proto.UnregisterActorReminderRequest request, ServerCallContext context)
        => ActorScheduleCalls.DeleteReminderAsync(blocks, request);

    public override Task<Proto.UnregisterActorRemindersByTypeResponse> UnregisterActorRemindersByType(Proto.UnregisterActorRemindersByTypeRequest request, ServerCallContext context)
        => ActorScheduleCalls.DeleteRemindersAsync(blocks, request);

    public override Task<Proto.GetActorReminderResponse> GetActorReminder(Proto.GetActorReminderRequest request, ServerCallContext context)
        => ActorScheduleCalls.GetReminderAsync(blocks, request, context.CancellationToken);

    public override Task<Proto.ListActorRemindersResponse> ListActorReminders(Proto.ListActorRemindersRequest request, ServerCallContext context)
        => ActorScheduleCalls.ListRemindersAsync(blocks, request, context.CancellationToken);

    public override Task<Proto.ScheduleJobResponse> ScheduleJob(Proto.ScheduleJobRequest request, ServerCallContext context)
        => JobCalls.ScheduleAsync(blocks, request);

    public override Task<Proto.ScheduleJobResponse> ScheduleJobAlpha1(Proto.ScheduleJobRequest request, ServerCallContext context)
        => JobCalls.ScheduleAsync(blocks, request);

    public override Task<Proto.GetJobResponse> GetJob(Proto.GetJobRequest request, ServerCallContext context)
        => JobCalls.GetAsync(blocks, request.Name, context.CancellationToken);

    public override Task<Proto.GetJobResponse> GetJobAlpha1(Proto.GetJobRequest request, ServerCallContext context)
        => JobCalls.GetAsync(blocks, request.Name, context.CancellationToken);

    public override Task<Proto.DeleteJobResponse> DeleteJob(Proto.DeleteJobRequest request, ServerCallContext context)
        => JobCalls.DeleteAsync(blocks, request.Name);

    public override Task<Proto.DeleteJobResponse> DeleteJobAlpha1(Proto.DeleteJobRequest request, ServerCallContext context)
        => JobCalls.DeleteAsync(blocks, request.Name);

    public override async Task<Proto.DeleteJobsByPrefixResponse> DeleteJobsByPrefix(Proto.DeleteJobsByPrefixRequest request, ServerCallContext context)
    {
        await JobCalls.DeleteByPrefixAsync(blocks, request.NamePrefix).ConfigureAwait(false);
        return new Proto.DeleteJobsByPrefixResponse();
    }

    public override async Task<Proto.DeleteJobsByPrefixResponseAlpha1> DeleteJobsByPrefixAlpha1(Proto.DeleteJobsByPrefixRequestAlpha1 request, ServerCallContext context)
    {
        await JobCalls.DeleteByPrefixAsync(blocks, request.NamePrefix).ConfigureAwait(false);
        return new Proto.DeleteJobsByPrefixResponseAlpha1();
    }

    public override async Task<Proto.ListJobsResponse> ListJobs(Proto.ListJobsRequest request, ServerCallContext context)
        => new() { Jobs = { await JobCalls.ListAsync(blocks, context.CancellationToken).ConfigureAwait(false) } };

    public override async Task<Proto.ListJobsResponseAlpha1> ListJobsAlpha1(Proto.ListJobsRequestAlpha1 request, ServerCallContext context)
        => new() { Jobs = { await JobCalls.ListAsync(blocks, context.CancellationToken).ConfigureAwait(false) } };

    public override Task<Proto.GetMetadataResponse> GetMetadata(Proto.GetMetadataRequest request, ServerCallContext context)
        => Task.FromResult(MetadataCalls.Get(sidecar));

    public override Task<Empty> SetMetadata(Proto.SetMetadataRequest request, ServerCallContext context)
        => Task.FromResult(MetadataCalls.Set(sidecar, request));

    public override Task<Empty> Shutdown(Proto.ShutdownRequest request, ServerCallContext context)
        => Task.FromResult(ShutdownCalls.Shutdown(sidecar, context.GetHttpContext()));
}
