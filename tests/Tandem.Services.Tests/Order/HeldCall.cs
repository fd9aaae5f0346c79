namespace Tandem.Services.Tests.Orders;

/// <summary>A call of a neighbour that hangs until a test lets go of it.</summary>
internal sealed class HeldCall(bool isAfterEffect)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsAfterEffect => isAfterEffect;

    /// <summary>The call has come, and hangs.</summary>
    public Task Reached => _reached.Task;

    /// <summary>The call goes on, late.</summary>
    public void Release() => _end.TrySetResult(true);

    /// <summary>The call ends here; what it would still have done is not done.</summary>
    public void Drop() => _end.TrySetResult(false);

    /// <summary>On the neighbour's side: hangs, and says whether to go on.</summary>
    public bool WaitForRelease()
    {
        _reached.TrySetResult();
        return _end.Task.Wait(TimeSpan.FromSeconds(60)) && _end.Task.Result;
    }
}
