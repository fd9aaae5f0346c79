using System.Text.Json;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace Tandem.ServiceDefaults;

/// <summary>Checks a request with its FluentValidation validator before the endpoint sees it.</summary>
public static class ValidationExtensions
{
    /// <summary>
    /// Answers 400 with a list of errors for each field when the argument of this type breaks a rule of its <see cref="IValidator{T}"/>,
    /// which the service has registered.
    /// </summary>
    public static RouteHandlerBuilder Validate<TRequest>(this RouteHandlerBuilder builder)
        where TRequest : notnull
    {
        builder.ProducesValidationProblem();
        return builder.AddEndpointFilter(static async (context, next) =>
        {
            foreach (var argument in context.Arguments)
            {
                if (argument is TRequest request)
                {
                    var services = context.HttpContext.RequestServices;
                    if (await CheckAsync(services, request, context.HttpContext.RequestAborted) is { } problem)
                    {
                        return problem;
                    }
                }
            }

            return await next(context);
        });
    }

    /// <summary>The rules that a request breaks, if it does.</summary>
    internal static async Task<ProblemHttpResult?> CheckAsync<TRequest>(IServiceProvider services, TRequest request, CancellationToken cancellationToken)
        where TRequest : notnull
    {
        var result = await services.GetRequiredService<IValidator<TRequest>>().ValidateAsync(request, cancellationToken);
        return result.IsValid
            ? null
            : Problems.Validation(result.Errors
                .GroupBy(static failure => FieldName(failure.PropertyName), StringComparer.Ordinal)
                .ToDictionary(
                    static group => group.Key,
                    static group => group.Select(static failure => failure.ErrorMessage).Distinct(StringComparer.Ordinal).ToArray(),
                    StringComparer.Ordinal));
    }

    internal static IServiceCollection AddServiceValidation(this IServiceCollection services)
        => services.AddSingleton<IValidator<PageRequest>, PageRequest.Validator>();

    /// <summary>The field as the client wrote it: <c>Items[0].ProductId</c> is <c>items[0].productId</c>.</summary>
    private static string FieldName(string property)
        => string.Join('.', property.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));
}
