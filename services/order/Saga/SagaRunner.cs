using System.Diagnostics;
using Microsoft.Extensions.Options;
using Tandem.ServiceDefaults;

namespace Tandem.Order;

/// <summary>
/// Carries the sagas on: several orders side by side, each one step after the other, woken by a signal. What a process leaves unfinished is
/// found again by its sweep: its own orders at the next start, those of others once their lease is over.
/// </summary>
internal sealed partial class SagaRunner(
    OrderStore orders,
    OrderSaga saga,
    SagaList sagas,
    SagaQueue queue,
    OrderMetrics metrics,
    IOptions<SagaOptions> options,
    TimeProvider time,
    ILogger<SagaRunner> logger) : BackgroundService
{
    private const int Batch = 500;

    private static readonly ActivitySource Source = new("Tandem.Order");

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
        => Task.WhenAll([SweepAsync(stoppingToken), .. Enumerable.Range(0, options.Value.Concurrency).Select(_ => WorkAsync(stoppingToken))]);

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SweepInterval, time);
        try
        {
            do
            {
                try
                {
                    foreach (var id in await orders.DueAsync(options.Value.Owner, time.Now(), Batch, stoppingToken))
                    {
                        queue.Signal(id);
                    }

                    metrics.See(await sagas.CountAsync(stoppingToken));
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    Log.SweepFailed(logger, exception);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops; the next start sweeps first.
        }
    }

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        // Off the thread that starts the host.
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            string orderId;
            try
            {
                orderId = await queue.TakeAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await AdvanceAsync(orderId, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Not even the failure could be stored; the sweep finds the order again.
                Log.Failed(logger, exception, orderId);
            }
            finally
            {
                queue.Release(orderId);
            }
        }
    }

    /// <summary>Does step after step until there is none left, one fails for now, or the order is another process's.</summary>
    private async Task AdvanceAsync(string orderId, CancellationToken cancellationToken)
    {
        if (await ClaimAsync(orderId, cancellationToken) is not { } order)
        {
            return;
        }

        using var activity = Continue(order);
        while (order.Saga.Step != SagaStep.Done && order.Saga.NextAttemptAt <= time.Now())
        {
            StepResult result;
            try
            {
                result = await RunStepAsync(order, cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                await RetryLaterAsync(order, exception, cancellationToken);
                return;
            }

            // The step has had its effect on others: its result is stored even while the process is being stopped.
            var now = time.Now();
            var decision = await orders.ChangeAsync(orderId, current => Renew(result(current, now), now), CancellationToken.None);
            order = decision!.Value.Order;
            Log.Advanced(logger, orderId, order.Saga.Step, order.Status);
        }
    }

    /// <summary>Does one step, and waits for it no longer than a step may take: it can be done again, whatever became of it.</summary>
    private async Task<StepResult> RunStepAsync(Order order, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(options.Value.StepTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await saga.RunAsync(order, either.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServiceCallException($"Step {order.Saga.Step}", $"not done within {options.Value.StepTimeout.TotalSeconds:0.#} s", inner: exception);
        }
    }

    /// <summary>The order, if there is something to do that is due and it is this process's to do.</summary>
    private async Task<Order?> ClaimAsync(string orderId, CancellationToken cancellationToken)
    {
        var owner = options.Value.Owner;
        var now = time.Now();
        var order = await orders.FindAsync(orderId, cancellationToken);
        if (order is null || !IsMine(order))
        {
            return null;
        }

        if (order.Saga.NextAttemptAt > now)
        {
            queue.SignalAfter(orderId, order.Saga.NextAttemptAt - now);
            return null;
        }

        // A new order comes with its maker's lease, which saves a write; half of it is more than its first step needs.
        if (order.Saga.LeaseOwner == owner && order.Saga.LeaseUntil - now > options.Value.Lease / 2)
        {
            return order;
        }

        var claimed = await orders.ChangeAsync(orderId, current => IsMine(current) ? Renew(current, now) : new Decision(current, "taken"), cancellationToken);
        return claimed is { IsRefused: false } decision ? decision.Order : null;

        bool IsMine(Order candidate) => candidate.Saga.Step != SagaStep.Done && candidate.Saga.IsFreeFor(owner, now);
    }

    private async Task RetryLaterAsync(Order order, Exception exception, CancellationToken cancellationToken)
    {
        var now = time.Now();
        var error = exception is HttpRequestException ? exception.Message : $"{exception.GetType().Name}: {exception.Message}";
        var decision = await orders.ChangeAsync(
            order.Id,
            current => current.Saga.Step == order.Saga.Step ? current with { Saga = current.Saga.Retry(error, Random.Shared.NextDouble(), now) } : current,
            cancellationToken);
        metrics.Failed(order.Saga.Step);
        var saga = decision!.Value.Order.Saga;
        if (exception is HttpRequestException)
        {
            Log.Postponed(logger, order.Id, order.Saga.Step, saga.Attempts, error);
        }
        else
        {
            Log.StepFailed(logger, exception, order.Id, order.Saga.Step, saga.Attempts);
        }

        var pause = saga.NextAttemptAt - time.Now();
        queue.SignalAfter(order.Id, pause > TimeSpan.Zero ? pause : TimeSpan.Zero);
    }

    private Order Renew(Order order, DateTimeOffset now)
        => order with { Saga = order.Saga with { LeaseOwner = options.Value.Owner, LeaseUntil = now + options.Value.Lease } };

    /// <summary>The saga belongs to the trace of the request that placed the order, also after a restart.</summary>
    private static Activity? Continue(Order order)
    {
        Activity.Current = null;
        if (order.Saga.TraceParent is not { } parent)
        {
            return null;
        }

        _ = ActivityContext.TryParse(parent, null, isRemote: false, out var context);
        return Source.StartActivity("order saga", ActivityKind.Internal, context) ?? new Activity("order saga").SetParentId(parent).Start();
    }

    private static partial class Log
    {
        [LoggerMessage(8501, LogLevel.Debug, "Order {OrderId} goes on to {Step}, now {Status}")]
        public static partial void Advanced(ILogger logger, string orderId, SagaStep step, OrderStatus status);

        [LoggerMessage(8502, LogLevel.Warning, "Order {OrderId} waits at {Step} after {Attempts} attempts: {Reason}")]
        public static partial void Postponed(ILogger logger, string orderId, SagaStep step, int attempts, string reason);

        [LoggerMessage(8503, LogLevel.Error, "Order {OrderId} failed at {Step}, attempt {Attempts}; it is tried again")]
        public static partial void StepFailed(ILogger logger, Exception exception, string orderId, SagaStep step, int attempts);

        [LoggerMessage(8504, LogLevel.Error, "Order {OrderId} could not be worked on; the next sweep finds it again")]
        public static partial void Failed(ILogger logger, Exception exception, string orderId);

        [LoggerMessage(8505, LogLevel.Error, "Unfinished orders could not be looked for; the next sweep tries again")]
        public static partial void SweepFailed(ILogger logger, Exception exception);
    }
}
