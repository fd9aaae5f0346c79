using System.Net;
using Tandem.ServiceDefaults;

namespace Tandem.Basket;

/// <summary>Asks by service invocation over HTTP.</summary>
internal sealed class HttpProductCatalog(HttpClient http) : IProductCatalog
{
    public async Task<ProductOffer?> FindAsync(int id, CancellationToken cancellationToken)
    {
        using var response = await http.CallAsync(HttpMethod.Get, $"/products/{id}", null, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        return await response.ReadAsync<ProductOffer>(cancellationToken);
    }
}
