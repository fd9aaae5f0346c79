using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Tandem.Components.Bindings;
using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Components;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.Metrics.Components;
using Tandem.Runtime.PubSub.Delivery;
using Tandem.Runtime.Resiliency;

namespace Tandem.Runtime.Bindings;

/// <summary>
/// The input half of the bindings building block. An app is asked whether it wants a binding's events, unless the component
/// says so by <c>direction</c>. While the app is down its events wait.
/// </summary>
public sealed partial class InputBindings(
    ComponentSet components,
    ResiliencyPolicies policies,
    IAppChannel app,
    TimeProvider timeProvider,
    ILogger<InputBindings> logger,
    SidecarMetrics? metrics = null,
    BindingWishGranter? wishes = null) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseAfterBrokenAnswer = TimeSpan.FromMilliseconds(100);

    private readonly IAppCallbacks _callbacks = app.Callbacks;
    private readonly RunningDeliveries<Running> _running = new();
    private readonly HashSet<string> _failed = new(StringComparer.Ordinal);
    private readonly HashSet<LoadedComponent> _unwanted = [];

    /// <summary>The app is up: starts the bindings that it wants and that do not run yet.</summary>
    /// <param name="isAgain">Whether it is still the app that was asked before: what it does not want it is not asked again.</param>
    /// <returns>Whether all that it wants are read; if not, call this again later.</returns>
    public Task<bool> ApplyAsync(bool isAgain, CancellationToken cancellationToken) => _running.ChangeAsync(
        async running =>
        {
            if (!isAgain)
            {
                _unwanted.Clear();
            }

            var isWhole = true;
            foreach (var (component, binding) in components.OfKind<IInputBinding>())
            {
                if (running.ContainsKey(component.Name) || _unwanted.Contains(component))
                {
                    continue;
                }

                switch (await IsWantedAsync(component, cancellationToken).ConfigureAwait(false))
                {
                    case true:
                        isWhole &= await StartAsync(running, component, binding, cancellationToken).ConfigureAwait(false);
                        break;
                    case false:
                        _unwanted.Add(component);
                        break;
                    default:
                        isWhole = false;
                        break;
                }
            }

            return isWhole;
        },
        cancellationToken);

    /// <summary>Components have changed: ends the bindings that are gone. What takes their place starts with the next <see cref="ApplyAsync"/>.</summary>
    public Task ReloadAsync(CancellationToken cancellationToken) => _running.ChangeAsync(
        async running =>
        {
            _unwanted.RemoveWhere(component => components.Find(component.Name) != component);
            await RunningDeliveries<Running>.EndAsync(running, (name, delivery) => components.Find(name) != delivery.Component).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _running.DisposeAsync();

    private async Task<bool> StartAsync(Dictionary<string, Running> running, LoadedComponent component, IInputBinding binding, CancellationToken cancellationToken)
    {
        var pipeline = policies.Find(TargetKind.ComponentInbound, component.Name, component.Resource.Type)?.Build<BindingReply>(
            static reply => reply.Result.Status is DeliveryStatus.Success ? null : reply.Result.AppStatus,
            static exception => exception is not AppUnreachableException and not OperationCanceledException);
        var path = PathOf(component);
        var meter = metrics?.InputBindings.For(component.Name);
        try
        {
            var handle = await binding.ReadAsync((bindingEvent, token) => DeliverAsync(component.Name, path, pipeline, meter, bindingEvent, token), cancellationToken).ConfigureAwait(false);
            running.Add(component.Name, new Running(component, handle));
            _failed.Remove(component.Name);
            Log.Reading(logger, component.Name, path);
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (_failed.Add(component.Name))
            {
                Log.Failed(logger, exception, component.Name);
            }

            return false;
        }
    }

    private async ValueTask DeliverAsync(
        string name, string path, ResiliencePipeline<BindingReply>? pipeline, OperationMeter? meter, BindingEvent bindingEvent, CancellationToken cancellationToken)
    {
        while (true)
        {
            await app.WaitUntilHealthyAsync(cancellationToken).ConfigureAwait(false);
            var began = Stopwatch.GetTimestamp();
            try
            {
                var reply = pipeline is null
                    ? await _callbacks.DeliverAsync(name, path, bindingEvent, cancellationToken).ConfigureAwait(false)
                    : await pipeline.ExecuteAsync(
                        static (argument, token) => argument._callbacks.DeliverAsync(argument.name, argument.path, argument.bindingEvent, token),
                        (_callbacks, name, path, bindingEvent),
                        cancellationToken).ConfigureAwait(false);
                meter?.Record(reply.Result.Status is DeliveryStatus.Success, began);
                if (reply.Result.Status is not DeliveryStatus.Success)
                {
                    throw new BindingException($"binding '{name}': {reply.Result.Reason}");
                }

                if (reply.Wishes is { } asked && wishes is not null)
                {
                    await wishes.GrantAsync(name, asked, cancellationToken).ConfigureAwait(false);
                }

                return;
            }
            catch (Exception exception) when (exception is TimeoutRejectedException or BrokenCircuitException)
            {
                meter?.Record(false, began);
                throw;
            }
            catch (AppUnreachableException exception)
            {
                Log.AppGone(logger, name, exception.Message);
                await Task.Delay(PauseAfterBrokenAnswer, timeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Whether the app wants the binding's events; <see langword="null"/> when it has not said so yet.</summary>
    private async Task<bool?> IsWantedAsync(LoadedComponent component, CancellationToken cancellationToken)
    {
        if (component.Metadata.GetString("direction") is { } direction)
        {
            return direction.Split(',', StringSplitOptions.TrimEntries).Contains("input", StringComparer.OrdinalIgnoreCase);
        }

        using var timeout = new CancellationTokenSource(Patience, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await _callbacks.WantsBindingAsync(component.Name, PathOf(component), either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            SayNoAnswer(component.Name, $"it did not come within {Patience.TotalSeconds} s");
        }
        catch (Exception exception) when (exception is AppUnreachableException or AppAnswerException)
        {
            SayNoAnswer(component.Name, exception.Message);
        }

        return null;
    }

    private void SayNoAnswer(string name, string problem)
    {
        if (_failed.Add(name))
        {
            Log.NoAnswer(logger, name, problem);
        }
    }

    private static string PathOf(LoadedComponent component)
        => component.Metadata.GetString("route") is { } route ? route.StartsWith('/') ? route : "/" + route
            : "/" + Uri.EscapeDataString(component.Name);

    private sealed record Running(LoadedComponent Component, IAsyncDisposable Handle) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Handle.DisposeAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(2201, LogLevel.Information, "input binding {Name} calls {Path}")]
        public static partial void Reading(ILogger logger, string name, string path);

        [LoggerMessage(2202, LogLevel.Error, "input binding {Name} cannot be read; it is tried again until it can be")]
        public static partial void Failed(ILogger logger, Exception exception, string name);

        [LoggerMessage(2204, LogLevel.Warning, "the app has not answered yet whether it wants input binding {Name}, so it is asked again: {Problem}")]
        public static partial void NoAnswer(ILogger logger, string name, string problem);

        [LoggerMessage(2203, LogLevel.Debug, "an event of input binding {Name} waits for the app: {Reason}")]
        public static partial void AppGone(ILogger logger, string name, string reason);
    }
}
