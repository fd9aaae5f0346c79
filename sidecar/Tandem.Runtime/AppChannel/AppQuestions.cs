using Microsoft.Extensions.Logging;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.AppChannel;

/// <summary>
/// What the sidecar asks of an app that came up: its actor configuration and its subscriptions. Only an app that says so wants nothing;
/// one that is still starting, fails or stays silent has to be asked again.
/// </summary>
public sealed partial class AppQuestions(IAppChannel app, TimeProvider timeProvider, ILogger<AppQuestions> logger)
{
    /// <summary>How long one answer is waited for.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, string> _lastProblems = new(StringComparer.Ordinal);

    /// <summary>The actor configuration, a JSON object; <see langword="null"/> when the app has nothing to say.</summary>
    public Task<AppAnswer<byte[]>> AskForConfigurationAsync(CancellationToken cancellationToken)
        => AskAsync("configuration", app.Callbacks.GetConfigurationAsync, cancellationToken);

    /// <summary>The subscriptions; <see langword="null"/> when the app has nothing to say.</summary>
    public Task<AppAnswer<IReadOnlyList<SubscriptionResource>>> AskForSubscriptionsAsync(CancellationToken cancellationToken)
        => AskAsync("subscriptions", app.Callbacks.GetSubscriptionsAsync, cancellationToken);

    private async Task<AppAnswer<T>> AskAsync<T>(string subject, Func<CancellationToken, Task<T?>> ask, CancellationToken cancellationToken)
        where T : class
    {
        using var timeout = new CancellationTokenSource(Patience, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        string problem;
        try
        {
            var value = await ask(either.Token).ConfigureAwait(false);
            _lastProblems.Remove(subject);
            return new AppAnswer<T>(true, value);
        }
        catch (AppAnswerException exception)
        {
            problem = exception.Message;
        }
        catch (AppUnreachableException exception) when (!exception.IsRefused)
        {
            problem = exception.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            problem = $"it did not come within {Patience.TotalSeconds} s";
        }

        if (_lastProblems.GetValueOrDefault(subject) != problem)
        {
            _lastProblems[subject] = problem;
            Log.NoAnswer(logger, subject, problem);
        }

        return new AppAnswer<T>(false, null);
    }

    private static partial class Log
    {
        [LoggerMessage(1111, LogLevel.Warning, "the app's answer to the question for its {Subject} is no answer yet, so it is asked again: {Problem}")]
        public static partial void NoAnswer(ILogger logger, string subject, string problem);
    }
}

/// <summary>What an app said.</summary>
/// <param name="IsFinal">Whether it said anything; if not, it is to be asked again.</param>
/// <param name="Value">What it said; <see langword="null"/> when it has nothing to say.</param>
public readonly record struct AppAnswer<T>(bool IsFinal, T? Value)
    where T : class;
