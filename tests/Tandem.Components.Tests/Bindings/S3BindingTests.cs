using System.Text;
using System.Text.Json;
using Tandem.Components.Bindings;
using Tandem.Components.Http.S3;
using Tandem.Components.Metadata;

namespace Tandem.Components.Tests.Bindings;

public sealed class S3BindingTests : OutputBindingConformance
{
    private S3Double _store = null!;

    public override async Task InitializeAsync() => _store = await S3Double.StartAsync();

    public override async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        await base.DisposeAsync();
    }

    private protected override Task<IOutputBinding> CreateAsync() => Task.FromResult(Start());

    [Theory]
    [InlineData("a.txt")]
    [InlineData("folder/a b+c&d=e.txt")]
    [InlineData("ümlaut/日本~-_.txt")]
    [InlineData("a/../b//c/.txt")]
    [InlineData("100%/*'()!.txt")]
    public async Task Create_AnyKey_IsKeptAndGivenBack(string key)
    {
        var binding = Start();
        var response = await binding.InvokeAsync(Request("create", "Hello", ("key", key)), default);
        Assert.Equal(key, response!.Metadata["key"]);
        Assert.Equal("Hello", Encoding.UTF8.GetString(_store.Objects[key].Data));
        Assert.Equal("v-1", JsonDocument.Parse(response.Data).RootElement.GetProperty("versionID").GetString());

        Assert.Equal("Hello", Text(await binding.InvokeAsync(Request("get", "", ("key", key)), default)));
        Assert.Null(await binding.InvokeAsync(Request("delete", "", ("key", key)), default));
        Assert.Empty(_store.Objects);
        Assert.Equal("object not found", (await FailsAsync(binding, Request("get", "", ("key", key)))).Message);
    }

    [Fact]
    public async Task Create_WithoutKey_MakesOne()
    {
        var response = await Start().InvokeAsync(Request("create", "x"), default);
        Assert.True(Guid.TryParse(response!.Metadata["key"], out _));
        Assert.Equal([response.Metadata["key"]], _store.Objects.Keys);
    }

    [Fact]
    public async Task Create_WithAllThereIsToSay_SaysIt()
    {
        await Start(("storageClass", "STANDARD_IA")).InvokeAsync(
            Request("create", "x", ("key", "k"), ("Content-Type", "image/png"), ("tags", "team=shop, kind = a b")), default);
        var kept = _store.Objects["k"];
        Assert.Equal(("image/png", "team=shop&kind=a%20b", "STANDARD_IA"), (kept.ContentType, kept.Tags, kept.StorageClass));
    }

    [Fact]
    public async Task Base64_BothWays_KeepsBinaryData()
    {
        // As the product service does it: a JSON text by gRPC, with its quotes, and the names that both storage bindings understand.
        byte[] picture = [0x89, 0x50, 0x4e, 0x47, 0, 255];
        var binding = Start();
        await binding.InvokeAsync(
            Request("create", $"\"{Convert.ToBase64String(picture)}\"", ("fileName", "1-x.png"), ("key", "1-x.png"), ("decodeBase64", "true")), default);

        Assert.Equal(picture, _store.Objects["1-x.png"].Data);
        Assert.Equal(picture, (await binding.InvokeAsync(Request("get", "", ("fileName", "1-x.png"), ("key", "1-x.png")), default))!.Data.ToArray());
        Assert.Equal(Convert.ToBase64String(picture), Text(await Start(("encodeBase64", "true")).InvokeAsync(Request("get", "", ("key", "1-x.png")), default)));
        await FailsAsync(binding, Request("create", "%%%", ("key", "q"), ("decodeBase64", "true")));
    }

    [Fact]
    public async Task Create_FromFile_SendsTheFile()
    {
        await File.WriteAllBytesAsync(Folder["large.bin"], new byte[3_000_000]);
        await Start().InvokeAsync(Request("create", "", ("key", "k"), ("filePath", "large.bin")), default);
        Assert.Equal(3_000_000, _store.Objects["k"].Data.Length);
        Assert.Contains("nowhere", (await FailsAsync(Start(), Request("create", "", ("filePath", "nowhere.bin")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_GivesAPageUnderDaprsNames()
    {
        foreach (var key in (string[])["a/1", "a/2", "a/3", "b/1"])
        {
            await Start().InvokeAsync(Request("create", "xyz", ("key", key)), default);
        }

        var page = JsonDocument.Parse((await Start().InvokeAsync(Request("list", """{"prefix":"a/","maxResults":2,"marker":"a/1"}"""), default))!.Data).RootElement;
        Assert.Equal(["a/2", "a/3"], page.GetProperty("Contents").EnumerateArray().Select(static item => item.GetProperty("Key").GetString()));
        Assert.Equal(3, page.GetProperty("Contents")[0].GetProperty("Size").GetInt32());
        Assert.False(page.GetProperty("IsTruncated").GetBoolean());
        Assert.Equal(4, JsonDocument.Parse((await Start().InvokeAsync(Request("list"), default))!.Data).RootElement.GetProperty("Contents").GetArrayLength());
        Assert.Contains("JSON", (await FailsAsync(Start(), Request("list", "[1"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Presign_GivesAnAddressThatOpensTheObject()
    {
        var created = await Start().InvokeAsync(Request("create", "Hello", ("key", "a b.txt"), ("presignTTL", "15m")), default);
        var signed = JsonDocument.Parse((await Start().InvokeAsync(Request("presign", "", ("key", "a b.txt"), ("presignTTL", "1h")), default))!.Data);
        using var http = new HttpClient();

        Assert.Equal("Hello", await http.GetStringAsync(JsonDocument.Parse(created!.Data).RootElement.GetProperty("presignURL").GetString()));
        Assert.Equal("Hello", await http.GetStringAsync(signed.RootElement.GetProperty("presignURL").GetString()));
        Assert.Contains("presignTTL", (await FailsAsync(Start(), Request("presign", "", ("key", "k")))).Message, StringComparison.Ordinal);
        Assert.Contains("presignTTL", (await FailsAsync(Start(), Request("create", "", ("key", "k"), ("presignTTL", "9000h")))).Message, StringComparison.Ordinal);
        Assert.False(_store.Objects.ContainsKey("k"));
    }

    [Fact]
    public async Task Bulk_CreateGetAndDelete_EachSaysWhatBecameOfIt()
    {
        await File.WriteAllTextAsync(Folder["in.txt"], "from a file");
        var created = await BulkAsync("bulkCreate", """{"items":[{"key":"a","data":"1","contentType":"text/x"},{"key":"locked","filePath":"in.txt"},{"key":"c"},{"data":"4"},{"key":"e","filePath":"nowhere"}],"concurrency":2}""");
        Assert.Equal(["a", "locked", "c", "", "e"], created.Select(static item => item.GetProperty("key").GetString()));
        Assert.Equal([false, false, true, true, true], created.Select(static item => item.TryGetProperty("error", out _)));
        Assert.Equal("text/x", _store.Objects["a"].ContentType);

        var got = await BulkAsync("bulkGet", """{"items":[{"key":"a"},{"key":"locked","filePath":"out.txt"},{"key":"none"}]}""");
        Assert.Equal("1", got[0].GetProperty("data").GetString());
        Assert.Equal("from a file", await File.ReadAllTextAsync(Folder["out.txt"]));
        Assert.Equal("object not found", got[2].GetProperty("error").GetString());

        var deleted = await BulkAsync("bulkDelete", """{"keys":["a","locked","a",""]}""");
        Assert.Equal([false, true, false, true], deleted.Select(static item => item.TryGetProperty("error", out _)));
        Assert.Equal("Access Denied", deleted[1].GetProperty("error").GetString());
        Assert.Equal(["locked"], _store.Objects.Keys);
    }

    [Theory]
    [InlineData("bulkGet", "{}", "items")]
    [InlineData("bulkCreate", """{"items":[{"key":"a","data":"1"}],"concurrency":0}""", "concurrency")]
    [InlineData("bulkDelete", """{"items":[]}""", "keys")]
    [InlineData("get", "", "key")]
    [InlineData("delete", "", "key")]
    public async Task Invoke_SomethingIsMissing_IsNamed(string operation, string data, string missing)
        => Assert.Contains(missing, (await FailsAsync(Start(), Request(operation, data))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Invoke_StoreIsBusy_IsTriedAgain()
    {
        _store.Busy = 2;
        await Start().InvokeAsync(Request("create", "x", ("key", "k")), default);
        Assert.Equal([503, 503, 200], _store.Answers);

        _store.Busy = 10;
        Assert.Contains("503 SlowDown", (await FailsAsync(Start(), Request("get", "", ("key", "k")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_WrongSecret_SaysSoWithoutIt()
    {
        var fault = await FailsAsync(Start(("secretKey", "another")), Request("create", "x", ("key", "k")));
        Assert.Contains("403 SignatureDoesNotMatch", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("another", fault.ToString(), StringComparison.Ordinal);
        Assert.Empty(_store.Objects);
    }

    [Fact]
    public async Task Invoke_SessionToken_GoesAlong()
    {
        _store.SessionToken = "session/+=";
        Assert.Contains("InvalidToken", (await FailsAsync(Start(), Request("create", "x", ("key", "k")))).Message, StringComparison.Ordinal);
        var created = await Start(("sessionToken", "session/+=")).InvokeAsync(Request("create", "x", ("key", "k"), ("presignTTL", "1m")), default);
        using var http = new HttpClient();
        Assert.Equal("x", await http.GetStringAsync(JsonDocument.Parse(created!.Data).RootElement.GetProperty("presignURL").GetString()));
    }

    [Fact]
    public async Task Invoke_NobodyThere_SaysWhere()
        => Assert.Contains("127.0.0.1:1", (await FailsAsync(Start(("endpoint", "http://127.0.0.1:1")), Request("get", "", ("key", "k")))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("", "", "https://pictures.s3.eu-test-1.amazonaws.com/a%20b")]
    [InlineData("forcePathStyle", "true", "https://s3.eu-test-1.amazonaws.com/pictures/a%20b")]
    [InlineData("bucket", "dotted.name", "https://s3.eu-test-1.amazonaws.com/dotted.name/a%20b")]
    [InlineData("endpoint", "store.example:9000/base/", "https://pictures.store.example:9000/base/a%20b")]
    [InlineData("endpoint", "http://10.0.0.1:9000", "http://10.0.0.1:9000/pictures/a%20b")]
    [InlineData("disableSSL", "true", "http://pictures.s3.eu-test-1.amazonaws.com/a%20b")]
    public void LocationOf_IsWhereTheStoreIs(string field, string value, string expected)
    {
        var metadata = new Dictionary<string, string> { ["bucket"] = "pictures", ["region"] = "eu-test-1", ["accessKey"] = "a", ["secretKey"] = "s" };
        if (field.Length > 0)
        {
            metadata[field] = value;
        }

        using var client = new S3Client(S3Options.Parse(new ComponentMetadata(metadata)), TimeProvider.System);
        Assert.Equal(expected, client.LocationOf("a b").AbsoluteUri);
    }

    /// <summary>The example of AWS's documentation for a signature in the address.</summary>
    [Fact]
    public void Presign_ExampleOfTheDocumentation_IsTheSame()
    {
        var options = new S3Options
        {
            Bucket = "examplebucket",
            Region = "us-east-1",
            AccessKey = "AKIAIOSFODNN7EXAMPLE",
            SecretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            Endpoint = new Uri("https://s3.amazonaws.com"),
            IsPathStyle = false,
        };
        var signed = SignatureV4.Presign(
            new Uri("https://examplebucket.s3.amazonaws.com/test.txt"), options, TimeSpan.FromDays(1), new DateTimeOffset(2013, 5, 24, 0, 0, 0, TimeSpan.Zero));
        Assert.EndsWith("&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404", signed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bucket", "")]
    [InlineData("region", "")]
    [InlineData("secretKey", "")]
    [InlineData("endpoint", "ftp://store")]
    [InlineData("forcePathStyle", "perhaps")]
    [InlineData("decodeBase64", "perhaps")]
    [InlineData("encodeBase64", "perhaps")]
    [InlineData("disableSSL", "perhaps")]
    [InlineData("insecureSSL", "perhaps")]
    [InlineData("assumeRoleArn", "arn:aws:iam::1:role/r")]
    [InlineData("trustAnchorArn", "arn:aws:rolesanywhere:1")]
    public void Create_WrongField_IsNamed(string field, string value)
    {
        var metadata = new Dictionary<string, string> { ["bucket"] = "b", ["region"] = "r", ["accessKey"] = "a", ["secretKey"] = "s", [field] = value };
        var fault = Assert.Throws<ComponentMetadataException>(() => Contexts.Catalog().Bindings.Create(
            Contexts.Create("bindings.aws.s3", Folder.Path, null, [.. metadata.Select(static pair => (pair.Key, pair.Value))])));
        Assert.Equal(field, fault.Field);
    }

    private static string Text(BindingResponse? response) => Encoding.UTF8.GetString(response!.Data.Span);

    private static Task<BindingException> FailsAsync(IOutputBinding binding, BindingRequest request)
        => Assert.ThrowsAsync<BindingException>(async () => await binding.InvokeAsync(request, default));

    private async Task<JsonElement[]> BulkAsync(string operation, string data)
        => [.. JsonDocument.Parse((await Start().InvokeAsync(Request(operation, data), default))!.Data).RootElement.EnumerateArray()];

    private IOutputBinding Start(params (string Name, string Value)[] metadata)
    {
        var fields = new Dictionary<string, string>
        {
            ["bucket"] = S3Double.Bucket,
            ["region"] = S3Double.Region,
            ["accessKey"] = S3Double.AccessKey,
            ["secretKey"] = S3Double.SecretKey,
            ["endpoint"] = _store.Address.AbsoluteUri,
            ["forcePathStyle"] = "true",
        };
        foreach (var (name, value) in metadata)
        {
            fields[name] = value;
        }

        return (IOutputBinding)Contexts.Catalog().Bindings.Create(
            Contexts.Create("bindings.aws.s3", Folder.Path, null, [.. fields.Select(static pair => (pair.Key, pair.Value))]));
    }
}
