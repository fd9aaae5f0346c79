using System.Text;
using System.Text.Json;
using Tandem.Components.Bindings;
using Tandem.Components.Metadata;

namespace Tandem.Components.Tests.Bindings;

public sealed class LocalStorageBindingTests : OutputBindingConformance
{
    private protected override Task<IOutputBinding> CreateAsync() => StartAsync();

    [Fact]
    public async Task Create_WithName_WritesTheFileBelowTheRoot()
    {
        var binding = await StartAsync();
        var response = await binding.InvokeAsync(Request("create", "Hello", ("fileName", "a/b.txt")), default);

        Assert.Equal("""{"fileName":"a/b.txt"}""", Text(response));
        Assert.Equal("Hello", await File.ReadAllTextAsync(Folder["files/a/b.txt"]));
        await binding.InvokeAsync(Request("create", "Again", ("fileName", "a/b.txt")), default);
        Assert.Equal("Again", Text(await binding.InvokeAsync(Request("get", "", ("fileName", "a/b.txt")), default)));
        Assert.Single(Directory.GetFiles(Folder["files/a"]));
    }

    [Fact]
    public async Task Create_TextWithItsQuotes_KeepsTheText()
    {
        // An SDK that speaks gRPC sends a text as JSON.
        var binding = await StartAsync();
        await binding.InvokeAsync(Request("create", "\"a\\r\\n\\\"b\\\"\"", ("fileName", "a.txt")), default);
        await binding.InvokeAsync(Request("create", $"\"{Convert.ToBase64String([1, 2])}\"", ("fileName", "b.bin"), ("decodeBase64", "true")), default);
        await binding.InvokeAsync(Request("create", "\"no JSON\" but quotes\"", ("fileName", "c.txt")), default);

        Assert.Equal("a\r\n\"b\"", await File.ReadAllTextAsync(Folder["files/a.txt"]));
        Assert.Equal([1, 2], await File.ReadAllBytesAsync(Folder["files/b.bin"]));
        Assert.Equal("\"no JSON\" but quotes\"", await File.ReadAllTextAsync(Folder["files/c.txt"]));
    }

    [Fact]
    public async Task Create_WithoutName_MakesOne()
    {
        var binding = await StartAsync();
        var response = await binding.InvokeAsync(Request("create", "Hello"), default);
        var name = JsonDocument.Parse(response!.Data).RootElement.GetProperty("fileName").GetString()!;

        Assert.True(Guid.TryParse(name, out _));
        Assert.Equal("Hello", await File.ReadAllTextAsync(Path.Combine(Folder["files"], name)));
    }

    [Fact]
    public async Task List_Folder_GivesFullPathsInOrder()
    {
        var binding = await StartAsync();
        foreach (var name in (string[])["b/2.txt", "b/1.txt", "a.txt"])
        {
            await binding.InvokeAsync(Request("create", "x", ("fileName", name)), default);
        }

        Assert.Equal(
            [Folder["files/b/1.txt"], Folder["files/b/2.txt"]],
            JsonSerializer.Deserialize<string[]>((await binding.InvokeAsync(Request("list", "", ("fileName", "b")), default))!.Data.Span)!);
        Assert.Equal(
            3, JsonSerializer.Deserialize<string[]>((await binding.InvokeAsync(Request("list"), default))!.Data.Span)!.Length);
    }

    [Fact]
    public async Task Delete_File_RemovesItOnce()
    {
        var binding = await StartAsync();
        await binding.InvokeAsync(Request("create", "x", ("fileName", "a.txt")), default);

        Assert.Null(await binding.InvokeAsync(Request("delete", "", ("fileName", "a.txt")), default));
        await FailsAsync(binding, Request("delete", "", ("fileName", "a.txt")));
        await FailsAsync(binding, Request("get", "", ("fileName", "a.txt")));
    }

    [Theory]
    [InlineData("get", "../outside.txt")]
    [InlineData("get", "a/../../outside.txt")]
    [InlineData("create", "../outside.txt")]
    [InlineData("delete", "../outside.txt")]
    [InlineData("list", "..")]
    [InlineData("get", "link/outside.txt")]
    [InlineData("create", "link/new.txt")]
    [InlineData("list", "link")]
    [InlineData("get", "a\0b")]
    public async Task Invoke_NameThatLeavesTheRoot_IsRefused(string operation, string name)
    {
        var binding = await StartAsync();
        await File.WriteAllTextAsync(Folder["outside.txt"], "secret");
        Directory.CreateSymbolicLink(Folder["files/link"], Folder.Path);

        var fault = await FailsAsync(binding, Request(operation, "x", ("fileName", name)));
        Assert.Contains("outside", fault.Message, StringComparison.Ordinal);
        Assert.Equal("secret", await File.ReadAllTextAsync(Folder["outside.txt"]));
        Assert.False(File.Exists(Folder["new.txt"]));
    }

    [Fact]
    public async Task Get_AbsoluteName_StaysBelowTheRoot()
    {
        var binding = await StartAsync();
        await binding.InvokeAsync(Request("create", "x", ("fileName", "/etc/tandem.txt")), default);
        Assert.True(File.Exists(Folder["files/etc/tandem.txt"]));
    }

    [Theory]
    [InlineData("get")]
    [InlineData("delete")]
    public async Task Invoke_WithoutName_SaysSo(string operation)
        => Assert.Contains("fileName", (await FailsAsync(await StartAsync(), Request(operation))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Base64_BothWays_KeepsBinaryData()
    {
        var binding = await StartAsync(("decodeBase64", "true"));
        byte[] picture = [0x89, 0x50, 0x4e, 0x47, 0, 255];
        await binding.InvokeAsync(Request("create", Convert.ToBase64String(picture), ("fileName", "p.png")), default);

        Assert.Equal(picture, await File.ReadAllBytesAsync(Folder["files/p.png"]));
        Assert.Equal(picture, (await binding.InvokeAsync(Request("get", "", ("fileName", "p.png")), default))!.Data.ToArray());
        Assert.Equal(
            Convert.ToBase64String(picture),
            Text(await binding.InvokeAsync(Request("get", "", ("fileName", "p.png"), ("encodeBase64", "true")), default)));
        await FailsAsync(binding, Request("create", "%%%", ("fileName", "q.png")));
    }

    [Fact]
    public void Create_RootOfTheFileSystem_IsRefused()
        => Assert.Equal("rootPath", Assert.Throws<ComponentMetadataException>(
            () => Contexts.Catalog().Bindings.Create(Contexts.Create("bindings.localstorage", Folder.Path, null, ("rootPath", "/")))).Field);

    private static string Text(BindingResponse? response) => Encoding.UTF8.GetString(response!.Data.Span);

    private static Task<BindingException> FailsAsync(IOutputBinding binding, BindingRequest request)
        => Assert.ThrowsAsync<BindingException>(async () => await binding.InvokeAsync(request, default));

    private async Task<IOutputBinding> StartAsync(params (string Name, string Value)[] metadata)
        => (IOutputBinding)await Contexts.Catalog().Bindings.StartAsync(
            Contexts.Create("bindings.localstorage", Folder.Path, null, [("rootPath", "files"), .. metadata]));
}
