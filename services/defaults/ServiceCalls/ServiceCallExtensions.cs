using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Tandem.ServiceDefaults;

/// <summary>
/// Calls of other services that tell a decision from trouble: an answer that means something to the caller (2xx, 400, 404, 409, 422) is returned,
/// everything else is a <see cref="ServiceCallException"/>, which an endpoint answers with 503 and background work repeats.
/// </summary>
public static class ServiceCallExtensions
{
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Sends one request, with a JSON body when there is one, and waits for the whole answer.</summary>
    /// <exception cref="ServiceCallException">No decision.</exception>
    public static async Task<HttpResponseMessage> CallAsync(
        this HttpClient client, HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = JsonContent.Create(body, body.GetType(), options: ServiceJson.Options);
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            var response = await client.SendAsync(request, timeout.Token);
            if (IsDecision(response.StatusCode))
            {
                return response;
            }

            using (response)
            {
                throw new ServiceCallException(Name(client, request), $"answered {(int)response.StatusCode}", response.StatusCode);
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServiceCallException(Name(client, request), "no answer in time", inner: exception);
        }
        catch (HttpRequestException exception) when (exception is not ServiceCallException)
        {
            throw new ServiceCallException(Name(client, request), "not reached", inner: exception);
        }
    }

    /// <summary>The answer's JSON; an answer that is none, or not the expected one, is trouble and no decision.</summary>
    /// <exception cref="ServiceCallException">The body cannot be read.</exception>
    public static async Task<T> ReadAsync<T>(this HttpResponseMessage response, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(ServiceJson.Options, cancellationToken)
                ?? throw new JsonException("The answer is null.");
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            throw new ServiceCallException(response.RequestMessage?.RequestUri?.ToString() ?? "A service", "an answer that cannot be read", response.StatusCode, exception);
        }
    }

    /// <summary>What problem details say, or the status when the answer is none.</summary>
    public static async Task<string> ReadProblemAsync(this HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType is "application/problem+json" or "application/json")
        {
            try
            {
                using var problem = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
                foreach (var name in (ReadOnlySpan<string>)["detail", "title"])
                {
                    if (problem.RootElement.ValueKind == JsonValueKind.Object
                        && problem.RootElement.TryGetProperty(name, out var text)
                        && text.ValueKind == JsonValueKind.String)
                    {
                        return text.GetString()!;
                    }
                }
            }
            catch (JsonException)
            {
                // Not what it says it is: the status below has to do.
            }
        }

        return $"status {(int)response.StatusCode}";
    }

    private static bool IsDecision(HttpStatusCode status)
        => (int)status is >= 200 and < 300
            || status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity;

    private static string Name(HttpClient client, HttpRequestMessage request)
        => $"{request.Method} {(client.BaseAddress is { } address && request.RequestUri is { } uri ? new Uri(address, uri) : request.RequestUri)}";
}
