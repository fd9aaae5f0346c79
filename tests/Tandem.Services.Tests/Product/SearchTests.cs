using System.Net;
using Tandem.Product.Search;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Product;

[Trait("Storage", "Relational")]
public sealed class SearchTests(ProductApplication application) : IClassFixture<ProductApplication>
{
    [Theory]
    [InlineData("keyboard", "Mechanical Keyboard")]
    [InlineData("keyb", "Mechanical Keyboard")]
    [InlineData("keybaord", "Mechanical Keyboard")]
    [InlineData("KEYBOARDS", "Mechanical Keyboard")]
    [InlineData("mechanical keyboard", "Mechanical Keyboard")]
    [InlineData("larch", "Raised Bed Kit")]
    public async Task Search_ByWordPrefixOrTypo_FindsTheProductFirst(string words, string expected)
    {
        using var client = application.CreateAnonymousClient();

        var found = await client.GetAsync($"/products/search?q={Uri.EscapeDataString(words)}", HttpStatusCode.OK);

        Assert.Equal(expected, found.GetProperty("items")[0].Text("name"));
    }

    [Fact]
    public async Task Search_NameAndDescriptionMatch_PutsNamesFirst()
    {
        await application.AddProductAsync(1, "Zeppelin");
        using var admin = application.CreateAdminClient();
        await admin.PostAsync("/products", new { name = "Airship book", description = "All about the zeppelin.", price = 1m, category = "Tests" }, HttpStatusCode.Created);

        var found = await admin.GetAsync("/products/search?q=zeppelin", HttpStatusCode.OK);

        Assert.Equal(["Zeppelin", "Airship book"], found.GetProperty("items").EnumerateArray().Select(static item => item.Text("name")));
    }

    [Fact]
    public async Task Search_AfterRename_ForgetsTheOldName()
    {
        var id = await application.AddProductAsync(1, "Quokka");
        using var admin = application.CreateAdminClient();
        await admin.PutAsync($"/products/{id}", new { name = "Numbat", price = 1m, category = "Tests" }, HttpStatusCode.OK);

        var old = await admin.GetAsync("/products/search?q=quokka", HttpStatusCode.OK);
        var current = await admin.GetAsync("/products/search?q=numbat", HttpStatusCode.OK);

        Assert.Equal(0, old.Number("total"));
        Assert.Equal(id, current.GetProperty("items")[0].Number("id"));
    }

    [Theory]
    [InlineData("/products/search")]
    [InlineData("/products/search?q=")]
    [InlineData("/products/search?q=%21%21")]
    public async Task Search_WithoutWords_Is400(string path)
    {
        using var client = application.CreateAnonymousClient();

        var problem = await client.GetAsync(path, HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty("q", out _));
    }

    [Fact]
    public async Task Search_WithWildcards_FindsNothingByThem()
    {
        using var client = application.CreateAnonymousClient();

        var found = await client.GetAsync("/products/search?q=%25a%25zzz", HttpStatusCode.OK);

        Assert.Equal(0, found.Number("total"));
    }

    [Theory]
    [InlineData("keyboard", "keybord", true)]
    [InlineData("keyboard", "keybboard", true)]
    [InlineData("keyboard", "keybaord", true)]
    [InlineData("keyboard", "keyboarx", true)]
    [InlineData("keyboard", "keyboard", true)]
    [InlineData("keyboard", "kyebaord", false)]
    [InlineData("keyboard", "keybrd", false)]
    [InlineData("lamps", "camp", false)]
    public void AreOneTypoApart_OfTwoWords_IsSymmetricAndExact(string a, string b, bool expected)
    {
        Assert.Equal(expected, SearchWords.AreOneTypoApart(a, b));
        Assert.Equal(expected, SearchWords.AreOneTypoApart(b, a));
    }

    [Fact]
    public void Of_Text_GivesEachWordOnceInLowerCase()
        => Assert.Equal(["usb", "c", "dock", "7"], SearchWords.Of("USB-C dock, usb (7)"));
}
