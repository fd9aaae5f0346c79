using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tandem.Contracts.Events;
using Tandem.Payment;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using static Tandem.Services.Tests.Payments.PaymentApplication;

namespace Tandem.Services.Tests.Payments;

[Trait("Storage", "Relational")]
public sealed class PaymentRaceTests
{
    [Fact]
    public async Task ProcessAndCancel_AtOnce_ExactlyOneWins()
    {
        await using var application = new PaymentApplication();
        await application.StartAsync();
        var user = Ids.New();
        using var client = application.CreateClient(user);

        for (var round = 0; round < 10; round++)
        {
            var id = (await CreateAsync(client, user)).GetProperty("id").GetString();

            var statuses = await AllAsync(client, [.. Enumerable.Repeat($"/payments/{id}/process", 4), .. Enumerable.Repeat($"/payments/{id}/cancel", 4)]);

            Assert.Equal(1, statuses.Count(static status => status == HttpStatusCode.OK));
            Assert.Equal(7, statuses.Count(static status => status == HttpStatusCode.Conflict));
        }
    }

    [Fact]
    public async Task Refunds_AtOnce_NeverGiveBackMoreThanWasPaid()
    {
        await using var application = new PaymentApplication();
        await application.StartAsync();
        var user = Ids.New();
        using var client = application.CreateClient(user);
        var id = (await CreateAsync(client, user, amount: 10m)).GetProperty("id").GetString();
        await PostAsync(client, $"/payments/{id}/process");

        var statuses = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            using var response = await client.PostAsJsonAsync($"/payments/{id}/refund", new { amount = 3m });
            return response.StatusCode;
        }));

        Assert.Equal(3, statuses.Count(static status => status == HttpStatusCode.OK));
        Assert.Equal(7, statuses.Count(static status => status == HttpStatusCode.Conflict));
        Assert.Equal(9m, (await GetAsync(client, $"/payments/{id}")).GetProperty("refundedAmount").GetDecimal());
    }

    [Fact]
    public async Task Process_WhoseClientGoesAway_StillEnds()
    {
        var provider = new HeldProvider();
        await using var application = new PaymentApplication { Provider = provider };
        await application.StartAsync();
        var user = Ids.New();
        using var client = application.CreateClient(user);
        var id = (await CreateAsync(client, user)).GetProperty("id").GetString();
        using var impatience = new CancellationTokenSource();
        var asking = client.PostAsync(new Uri($"/payments/{id}/process", UriKind.Relative), null, impatience.Token);
        await provider.Asked.Task.WaitAsync(PaymentApplication.Deadline);

        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        provider.Answer.SetResult();

        await application.Sidecar.WaitForAsync<PaymentCompleted>(e => e.PaymentId == id);
    }

    [Fact]
    public async Task Process_CutOffByACrash_IsResumedAtStart_AndChargedOnce()
    {
        var provider = new CountingProvider { IsDown = true };
        await using var application = new PaymentApplication { Provider = provider };
        application.With("Processing:Attempts", "1").With("Processing:RetryDelay", "00:00:00.001");
        await application.StartAsync();
        var user = Ids.New();
        using var client = application.CreateClient(user);
        var id = (await CreateAsync(client, user)).GetProperty("id").GetString()!;
        await PostAsync(client, $"/payments/{id}/process", expected: HttpStatusCode.ServiceUnavailable);
        Assert.Equal("processing", (await GetAsync(client, $"/payments/{id}")).GetProperty("status").GetString());
        await PostAsync(client, $"/payments/{id}/cancel", expected: HttpStatusCode.Conflict);

        provider.IsDown = false;
        var resumer = application.Services.GetServices<IHostedService>().OfType<PaymentResumer>().Single();
        await resumer.ResumeAsync(CancellationToken.None);
        await resumer.ResumeAsync(CancellationToken.None);

        Assert.Equal("completed", (await GetAsync(client, $"/payments/{id}")).GetProperty("status").GetString());
        Assert.Equal(1, provider.Charged[id]);
        await application.Sidecar.WaitForAsync<PaymentCompleted>(e => e.PaymentId == id);
        Assert.Single(application.Sidecar.PublishedOf<PaymentCompleted>());
    }

    [Fact]
    public async Task Refund_WhileTheProviderIsDown_IsOwedAndCarriedOutLater()
    {
        var provider = new CountingProvider();
        await using var application = new PaymentApplication { Provider = provider };
        application.With("Processing:Attempts", "1");
        await application.StartAsync();
        var user = Ids.New();
        using var client = application.CreateClient(user);
        var id = (await CreateAsync(client, user)).GetProperty("id").GetString()!;
        await PostAsync(client, $"/payments/{id}/process");
        provider.IsDown = true;

        var refunded = await PostAsync(client, $"/payments/{id}/refund");
        Assert.Equal("refunded", refunded.GetProperty("status").GetString());
        Assert.Empty(provider.Refunded);

        provider.IsDown = false;
        var resumer = application.Services.GetServices<IHostedService>().OfType<PaymentResumer>().Single();
        await resumer.ResumeAsync(CancellationToken.None);
        await resumer.ResumeAsync(CancellationToken.None);

        Assert.Equal(1, Assert.Single(provider.Refunded).Value);
        await application.Sidecar.WaitForAsync<PaymentRefunded>(e => e.PaymentId == id && e.Amount == 25.50m);
        Assert.Single(application.Sidecar.PublishedOf<PaymentRefunded>());
    }

    [Fact]
    public async Task Process_WithALateProvider_AsksAgainAndPaysOnce()
    {
        await using var application = new PaymentApplication();
        application.With("Processing:AttemptTimeout", "00:00:00.050");
        await application.StartAsync();
        var user = Ids.New();
        using var client = application.CreateClient(user);
        var id = (await CreateAsync(client, user, "tok_timeout")).GetProperty("id").GetString();

        var processed = await PostAsync(client, $"/payments/{id}/process");

        Assert.Equal("completed", processed.GetProperty("status").GetString());
        Assert.Equal($"sim_{id}", processed.GetProperty("providerId").GetString());
    }

    [Fact]
    public async Task Expiry_AfterThirtyMinutes_EndsPendingOnly()
    {
        var clock = new ManualTimeProvider();
        await using var application = new PaymentApplication { Clock = clock };
        await application.StartAsync();
        var user = Ids.New();
        using var client = application.CreateClient(user);
        var pending = (await CreateAsync(client, user)).GetProperty("id").GetString();
        var paid = (await CreateAsync(client, user)).GetProperty("id").GetString();
        await PostAsync(client, $"/payments/{paid}/process");
        clock.Advance(TimeSpan.FromMinutes(30));

        await application.Services.GetServices<IHostedService>().OfType<PaymentExpiry>().Single().ExpireAsync(CancellationToken.None);

        Assert.Equal("expired", (await GetAsync(client, $"/payments/{pending}")).GetProperty("status").GetString());
        Assert.Equal("completed", (await GetAsync(client, $"/payments/{paid}")).GetProperty("status").GetString());
        await PostAsync(client, $"/payments/{pending}/process", expected: HttpStatusCode.Conflict);
    }

    private static async Task<HttpStatusCode[]> AllAsync(HttpClient client, IEnumerable<string> paths)
        => await Task.WhenAll(paths.Select(async path =>
        {
            using var response = await client.PostAsync(new Uri(path, UriKind.Relative), null);
            return response.StatusCode;
        }));

    private sealed class CountingProvider : IPaymentProvider
    {
        private bool _isDown;

        public string Name => "counting";

        public bool IsDown { get => Volatile.Read(ref _isDown); set => Volatile.Write(ref _isDown, value); }

        public ConcurrentDictionary<string, int> Charged { get; } = new();

        public ConcurrentDictionary<string, int> Refunded { get; } = new();

        public Task<ChargeResult> ChargeAsync(Charge charge, CancellationToken cancellationToken)
        {
            ThrowWhenDown();
            Charged.AddOrUpdate(charge.PaymentId, 1, static (_, count) => count + 1);
            return Task.FromResult(ChargeResult.Taken("c-" + charge.PaymentId));
        }

        public Task RefundAsync(RefundOrder refund, CancellationToken cancellationToken)
        {
            ThrowWhenDown();
            Refunded.AddOrUpdate(refund.RefundId, 1, static (_, count) => count + 1);
            return Task.CompletedTask;
        }

        private void ThrowWhenDown()
        {
            if (IsDown)
            {
                throw new ProviderUnavailableException("down");
            }
        }
    }

    private sealed class HeldProvider : IPaymentProvider
    {
        public string Name => "held";

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<ChargeResult> ChargeAsync(Charge charge, CancellationToken cancellationToken)
        {
            Asked.TrySetResult();
            await Answer.Task.WaitAsync(cancellationToken);
            return ChargeResult.Taken("h");
        }

        public Task RefundAsync(RefundOrder refund, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
