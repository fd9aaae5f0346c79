using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using static Tandem.Services.Tests.Baskets.BasketApplication;

namespace Tandem.Services.Tests.Baskets;

public sealed class BasketIdleTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _clock = new();
    private readonly BasketApplication _application;
    private readonly string _user = Ids.New();

    public BasketIdleTests() => _application = new BasketApplication { Clock = _clock };

    public Task InitializeAsync() => _application.InitializeAsync();

    public async Task DisposeAsync() => await _application.DisposeAsync();

    [Fact]
    public async Task IdleBasket_IsAbandonedOnceAndThenEmptied()
    {
        using var client = _application.CreateClient(_user);
        await SendAsync(client, "POST", $"/baskets/{_user}/items", new { productId = 1, quantity = 2 });

        _clock.Advance(TimeSpan.FromHours(23));
        await SendAsync(client, "POST", $"/baskets/{_user}/items", new { productId = 1, quantity = 1 });
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.True(await _application.Actors.FireAsync(_user, "idle"));
        Assert.False(_application.Actors.HasReminder(_user, "publish"));

        _clock.Advance(TimeSpan.FromHours(23));
        Assert.True(await _application.Actors.FireAsync(_user, "idle"));
        Assert.True(await _application.Actors.FireAsync(_user, "publish"));
        Assert.True(await _application.Actors.FireAsync(_user, "idle"));
        Assert.False(_application.Actors.HasReminder(_user, "publish"));
        Assert.Equal(31.50m, Assert.Single(_application.Sidecar.PublishedOf<BasketAbandoned>()).Total);

        _clock.Advance(TimeSpan.FromDays(6));
        Assert.True(await _application.Actors.FireAsync(_user, "idle"));
        Assert.False(_application.Actors.HasReminder(_user, "idle"));
        Assert.True(await _application.Actors.FireAsync(_user, "publish"));
        Assert.Single(_application.Sidecar.PublishedOf<BasketCleared>());
        Assert.Equal(0, (await SendAsync(client, "GET", $"/baskets/{_user}")).GetProperty("items").GetArrayLength());
    }
}
