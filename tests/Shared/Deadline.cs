using System.Runtime.CompilerServices;

namespace Tandem.Testing;

/// <summary>A limit on every wait of a test: a hang becomes a failure that says where.</summary>
public static class Deadline
{
    private static readonly TimeSpan Default = TimeSpan.FromSeconds(60);

    /// <summary>Waits for the task, for a minute at most.</summary>
    public static async Task WithinAsync(this Task task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        try
        {
            await task.WaitAsync(Default);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"This did not happen within {Default.TotalSeconds} s: {what}");
        }
    }

    /// <inheritdoc cref="WithinAsync(Task, string)"/>
    public static async Task<T> WithinAsync<T>(this Task<T> task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        await WithinAsync((Task)task, what);
        return await task;
    }

    /// <inheritdoc cref="WithinAsync(Task, string)"/>
    public static Task WithinAsync(this ValueTask task, [CallerArgumentExpression(nameof(task))] string what = "")
        => task.AsTask().WithinAsync(what);

    /// <inheritdoc cref="WithinAsync(Task, string)"/>
    public static Task<T> WithinAsync<T>(this ValueTask<T> task, [CallerArgumentExpression(nameof(task))] string what = "")
        => task.AsTask().WithinAsync(what);
}
