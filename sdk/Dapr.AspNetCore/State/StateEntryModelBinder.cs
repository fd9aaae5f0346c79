using Dapr.Client;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.DependencyInjection;

namespace Dapr.AspNetCore;

/// <summary>Reads a parameter from a state store.</summary>
internal sealed class StateEntryModelBinder<TValue>(string storeName, string? keyName, bool isEntry, bool isRequired) : IModelBinder
{
    public async Task BindModelAsync(ModelBindingContext bindingContext)
    {
        ArgumentNullException.ThrowIfNull(bindingContext);
        var name = keyName ?? bindingContext.FieldName;
        var key = Convert.ToString(bindingContext.HttpContext.Request.RouteValues[name], System.Globalization.CultureInfo.InvariantCulture);
        if (string.IsNullOrEmpty(key))
        {
            if (isRequired)
            {
                bindingContext.ModelState.TryAddModelError(bindingContext.ModelName, $"The route value '{name}', which carries the key of the state, is missing.");
            }

            bindingContext.Result = ModelBindingResult.Failed();
            return;
        }

        var client = bindingContext.HttpContext.RequestServices.GetRequiredService<DaprClient>();
        var entry = await client.GetStateEntryAsync<TValue>(storeName, key, cancellationToken: bindingContext.HttpContext.RequestAborted);
        object? model = isEntry ? entry : entry.Value;

        // The value is the app's own: validating it would refuse what the app stored.
        if (model is not null)
        {
            bindingContext.ValidationState[model] = new() { Key = bindingContext.ModelName, SuppressValidation = true };
        }

        bindingContext.Result = ModelBindingResult.Success(model);
    }
}
