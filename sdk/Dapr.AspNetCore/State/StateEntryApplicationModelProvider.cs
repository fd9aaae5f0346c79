using Microsoft.AspNetCore.Mvc.ApplicationModels;

namespace Dapr.AspNetCore;

/// <summary>Refuses, at start, a <see cref="StateEntry{TValue}"/> parameter that does not say where it comes from.</summary>
internal sealed class StateEntryApplicationModelProvider : IApplicationModelProvider
{
    // After the framework's own provider, which finds the binding sources.
    public int Order => -990;

    public void OnProvidersExecuting(ApplicationModelProviderContext context)
    {
    }

    public void OnProvidersExecuted(ApplicationModelProviderContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var action in context.Result.Controllers.SelectMany(static controller => controller.Actions))
        {
            foreach (var parameter in action.Parameters)
            {
                if (StateEntryModelBinderProvider.IsEntry(parameter.ParameterType) && parameter.BindingInfo?.BindingSource is not FromStateBindingSource)
                {
                    throw new InvalidOperationException(
                        $"The parameter '{parameter.ParameterName}' of {action.DisplayName} is a StateEntry: say where it comes from with [FromState(\"store\")].");
                }
            }
        }
    }
}
