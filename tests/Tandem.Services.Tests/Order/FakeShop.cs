using System.Text.Json;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Orders;

/// <summary>Product, payment and basket as an order sees them: they keep what they were told, and fail when a test says so.</summary>
internal sealed class FakeShop
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (int Times, bool AfterEffect)> _faults = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HeldCall> _holds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Status, (int ProductId, int Quantity)[] Items)> _reservations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FakePayment> _payments = new(StringComparer.Ordinal);
    private readonly HashSet<string> _checkedOut = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> _stock = new() { [1] = 100, [2] = 100 };

    /// <summary>What a payment does when it is processed: its status and the reason.</summary>
    public Func<(string Status, string? Reason)> Processing { get; set; } = static () => ("completed", null);

    /// <summary>Called before an operation has its effect, outside of any lock.</summary>
    public Action<string> OnCall { get; set; } = static _ => { };

    public int CheckedOut { get { lock (_gate) { return _checkedOut.Count; } } }

    public int Charges { get; private set; }

    public int Refunds { get; private set; }

    public IReadOnlyCollection<FakePayment> Payments { get { lock (_gate) { return [.. _payments.Values]; } } }

    public void SetStock(int productId, int quantity)
    {
        lock (_gate)
        {
            _stock[productId] = quantity;
        }
    }

    public int StockOf(int productId)
    {
        lock (_gate)
        {
            return _stock[productId];
        }
    }

    /// <summary>The next calls of an operation fail, before or after they had their effect.</summary>
    public void Fail(string operation, int times = int.MaxValue, bool afterEffect = false)
    {
        lock (_gate)
        {
            _faults[operation] = (times, afterEffect);
        }
    }

    /// <summary>The next call of an operation gets no answer, before or after it had its effect, until the test says so.</summary>
    public HeldCall Hold(string operation, bool afterEffect = false)
    {
        lock (_gate)
        {
            return _holds[operation] = new HeldCall(afterEffect);
        }
    }

    /// <summary>The provider decides about payments that it was undecided about.</summary>
    public void Decide(string status)
    {
        lock (_gate)
        {
            foreach (var (orderId, payment) in _payments.Where(static pair => pair.Value.Status == "processing").ToArray())
            {
                _payments[orderId] = payment with { Status = status };
                Charges += status == "completed" ? 1 : 0;
            }
        }
    }

    public void Heal()
    {
        lock (_gate)
        {
            _faults.Clear();
        }
    }

    /// <summary>The reservations that are not committed run out, as they do after 15 minutes.</summary>
    public void Expire()
    {
        lock (_gate)
        {
            foreach (var orderId in _reservations.Where(static pair => pair.Value.Status == "held").Select(static pair => pair.Key).ToArray())
            {
                PutBack(orderId, "expired");
            }
        }
    }

    public void Connect(FakeSidecar sidecar)
    {
        foreach (var app in (string[])["product", "payment", "basket"])
        {
            sidecar.Answer(app, Answer);
        }
    }

    private static InvokedAnswer Problem(int status, string detail)
        => new(status, JsonSerializer.Serialize(new { title = "x", status, detail }), "application/problem+json");

    private InvokedAnswer Answer(InvokedRequest request)
    {
        var parts = request.Path.Trim('/').Split('/');
        var operation = (request.AppId, request.Method, parts) switch
        {
            ("product", "GET", _) => "product",
            ("product", "DELETE", _) => "release",
            ("product", "POST", [_, _, _, "commit"]) => "commit",
            ("product", "POST", _) => "reserve",
            ("payment", "GET", _) => "find",
            ("payment", "POST", [_, _, var action]) => action,
            ("payment", "POST", _) => "create",
            ("basket", "GET", _) => "basket",
            ("basket", "POST", [_, _, "checkout"]) => "checkout",
            _ => throw new InvalidOperationException($"{request.Method} {request.Path} of {request.AppId}"),
        };
        OnCall(operation);
        var held = TakeHold(operation);
        if (held is { IsAfterEffect: false } && !held.WaitForRelease())
        {
            return new InvokedAnswer(503);
        }

        var answer = AnswerNow(operation, request, parts);
        return held is not { IsAfterEffect: true } || held.WaitForRelease() ? answer : new InvokedAnswer(503);
    }

    private HeldCall? TakeHold(string operation)
    {
        lock (_gate)
        {
            return _holds.Remove(operation, out var held) ? held : null;
        }
    }

    private InvokedAnswer AnswerNow(string operation, InvokedRequest request, string[] parts)
    {
        lock (_gate)
        {
            var isFailing = _faults.TryGetValue(operation, out var fault) && fault.Times > 0;
            if (isFailing)
            {
                _faults[operation] = fault with { Times = fault.Times - 1 };
                if (!fault.AfterEffect)
                {
                    return new InvokedAnswer(503);
                }
            }

            var answer = Do(operation, request, parts);
            return isFailing ? new InvokedAnswer(500) : answer;
        }
    }

    private InvokedAnswer Do(string operation, InvokedRequest request, string[] parts) => operation switch
    {
        "product" => _stock.ContainsKey(int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture))
            ? InvokedAnswer.Json(new { id = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture), name = $"Product {parts[1]}", price = 10.00m, currency = "USD" })
            : Problem(404, "unknown"),
        "reserve" => Reserve(request.As<Reservation>()),
        "commit" => Commit(parts[2]),
        "release" => Release(parts[2]),
        "create" => Create(request.As<NewPayment>()),
        "find" => Find(request, parts),
        "process" or "cancel" or "refund" => Act(_payments.Values.First(payment => payment.Id == parts[1]), operation),
        "basket" => InvokedAnswer.Json(new { items = parts[1] == EmptyBasketOf ? [] : (object[])[new { productId = 1, name = "old name", price = 1m, quantity = 2 }] }),
        _ => CheckOut(request.As<Reservation>()),
    };

    public string? EmptyBasketOf { get; set; }

    private InvokedAnswer Reserve(Reservation wanted)
    {
        if (_reservations.TryGetValue(wanted.OrderId, out var existing) && existing.Status != "expired")
        {
            return existing.Status == "released"
                ? Problem(409, "The order's reservation was given back.")
                : InvokedAnswer.Json(new { wanted.OrderId });
        }

        if (wanted.Items.FirstOrDefault(item => _stock[item.ProductId] < item.Quantity) is { } shortItem)
        {
            return Problem(409, $"Too little of product {shortItem.ProductId}.");
        }

        foreach (var item in wanted.Items)
        {
            _stock[item.ProductId] -= item.Quantity;
        }

        _reservations[wanted.OrderId] = ("held", [.. wanted.Items.Select(static item => (item.ProductId, item.Quantity))]);
        return InvokedAnswer.Json(new { wanted.OrderId }, 201);
    }

    private InvokedAnswer Commit(string orderId)
    {
        if (!_reservations.TryGetValue(orderId, out var reservation))
        {
            return Problem(404, "no reservation");
        }

        if (reservation.Status is "expired" or "released")
        {
            return Problem(409, "The reservation's stock has gone back.");
        }

        _reservations[orderId] = reservation with { Status = "committed" };
        return new InvokedAnswer(204);
    }

    private InvokedAnswer Release(string orderId)
    {
        if (!_reservations.ContainsKey(orderId))
        {
            return Problem(404, "no reservation");
        }

        PutBack(orderId, "released");
        return new InvokedAnswer(204);
    }

    private void PutBack(string orderId, string end)
    {
        var reservation = _reservations[orderId];
        _reservations[orderId] = reservation with { Status = end };
        if (reservation.Status is "held" or "committed")
        {
            foreach (var (productId, quantity) in reservation.Items)
            {
                _stock[productId] += quantity;
            }
        }
    }

    private InvokedAnswer Create(NewPayment wanted)
    {
        if (_payments.TryGetValue(wanted.OrderId, out var existing))
        {
            return InvokedAnswer.Json(existing);
        }

        if (wanted.Token == "tok_refused")
        {
            return Problem(400, "The token is not accepted.");
        }

        return InvokedAnswer.Json(_payments[wanted.OrderId] = new FakePayment(Ids.New(), wanted.OrderId, wanted.Amount, "pending", null), 201);
    }

    private InvokedAnswer Find(InvokedRequest request, string[] parts)
    {
        if (parts.Length == 1)
        {
            var orderId = request.Query[(request.Query.IndexOf('=', StringComparison.Ordinal) + 1)..];
            return InvokedAnswer.Json(new { items = _payments.TryGetValue(orderId, out var found) ? [found] : Array.Empty<FakePayment>() });
        }

        return InvokedAnswer.Json(_payments.Values.First(payment => payment.Id == parts[1]));
    }

    private InvokedAnswer Act(FakePayment payment, string action)
    {
        FakePayment? next = (action, payment.Status) switch
        {
            ("process", "pending") => Process(payment),
            ("cancel", "pending") => payment with { Status = "cancelled" },
            ("refund", "completed") => payment with { Status = "refunded" },
            _ => null,
        };
        if (next is null)
        {
            return Problem(409, $"The payment is {payment.Status}.");
        }

        Refunds += action == "refund" ? 1 : 0;
        _payments[payment.OrderId] = next;
        return InvokedAnswer.Json(next);
    }

    private FakePayment Process(FakePayment payment)
    {
        var (status, reason) = Processing();
        Charges += status == "completed" ? 1 : 0;
        return payment with { Status = status, FailureReason = reason };
    }

    private InvokedAnswer CheckOut(Reservation order)
    {
        _checkedOut.Add(order.OrderId);
        return InvokedAnswer.Json(new { items = Array.Empty<object>() });
    }

    internal sealed record FakePayment(string Id, string OrderId, decimal Amount, string Status, string? FailureReason);

    private sealed record Item(int ProductId, int Quantity);

    private sealed record Reservation(string OrderId, IReadOnlyList<Item> Items);

    private sealed record NewPayment(string OrderId, decimal Amount, string Token);
}
