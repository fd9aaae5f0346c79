using System.Runtime.InteropServices;

namespace Tandem.Cli.Sidecar;

/// <summary>The signals of a sidecar: SIGINT and SIGTERM end it, a second one at once; SIGHUP has it start anew with what its files say now.</summary>
internal sealed class SidecarSignals : IDisposable
{
    private readonly CancellationTokenSource _ending;
    private readonly CancellationTokenSource _killing = new();
    private readonly PosixSignalRegistration[] _registrations;
    private volatile TaskCompletionSource _reload = NewReload();

    /// <summary>Begins to listen.</summary>
    /// <param name="cancellationToken">Ends the sidecar like a signal.</param>
    public SidecarSignals(CancellationToken cancellationToken)
    {
        _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, End),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, End),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Reload),
        ];
    }

    /// <summary>Cancelled by the first signal to end.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>Cancelled by the second one.</summary>
    public CancellationToken Killing => _killing.Token;

    /// <summary>Completes with a SIGHUP.</summary>
    public Task Reloading => _reload.Task;

    /// <summary>The SIGHUP is heard; the next one completes <see cref="Reloading"/> again.</summary>
    public void TakeReload() => _reload = NewReload();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        // The sources have nothing to release, and a signal that is being handled may still cancel one.
    }

    private static TaskCompletionSource NewReload() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void End(PosixSignalContext context)
    {
        context.Cancel = true;
        (_ending.IsCancellationRequested ? _killing : _ending).Cancel();
    }

    private void Reload(PosixSignalContext context)
    {
        context.Cancel = true;
        _reload.TrySetResult();
    }
}
