using System.Runtime.InteropServices;

namespace Tandem.Cli.Run.Supervision;

/// <summary>The signals that end a run: the first asks, a second Ctrl-C does not ask any more.</summary>
internal sealed class StopSignals : IDisposable
{
    private static readonly PosixSignal[] Signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _killing = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Lock _handling = new();

    public StopSignals() => _registrations = [.. Signals.Select(signal => PosixSignalRegistration.Create(signal, Handle))];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Cancelled by Ctrl-C when the run is stopping already.</summary>
    public CancellationToken Killing => _killing.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        // The sources have nothing to release, and a signal that is being handled may still cancel one.
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        CancellationTokenSource cancelled;
        lock (_handling)
        {
            if (_stopping.IsCancellationRequested && context.Signal != PosixSignal.SIGINT)
            {
                return;
            }

            cancelled = _stopping.IsCancellationRequested ? _killing : _stopping;
        }

        cancelled.Cancel();
    }
}
