using Tandem.Runtime.AccessControl;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.Tests.AccessControl;

public sealed class AccessControlListTests
{
    private static readonly CallerIdentity Caller = new("caller", "default", "public");

    [Theory]
    [InlineData("/op1", "GET", true)]
    [InlineData("/OP1", "get", true)]
    [InlineData("/op1/", "GET", true)]
    [InlineData("/op1?x=1", "GET", true)]
    [InlineData("/%6fp1", "GET", true)]
    [InlineData("/op1", "POST", false)]
    [InlineData("/op1/below", "GET", true)]
    [InlineData("/op2", "DELETE", true)]
    [InlineData("/op2/one", "DELETE", true)]
    [InlineData("/op2/one/two", "DELETE", false)]
    [InlineData("/op3/one/two/three", "PATCH", true)]
    [InlineData("/op4-more", "GET", true)]
    [InlineData("/op4", "GET", false)]
    [InlineData("/refused", "GET", false)]
    [InlineData("/unknown", "GET", false)]
    [InlineData("/", "GET", false)]
    public void Allows_PolicyWithOperations_FollowsTheFirstThatMatches(string path, string verb, bool allowed)
    {
        var list = List(false, Policy(
            false,
            new("/op1", ["GET"], true),
            new("op2/*", ["*"], true),
            new("/op3/**", ["*"], true),
            new("/op4-*", ["GET"], true),
            new("/refused", ["*"], false)));

        Assert.Equal(allowed, list.Allows(Caller, path, verb));
    }

    [Theory]
    [InlineData("/op1/../refused")]
    [InlineData("/op1/%2e%2e/refused")]
    [InlineData("/./refused")]
    [InlineData("//refused")]
    [InlineData("/op1%2f%2frefused")]
    [InlineData("/op1\\..\\refused")]
    [InlineData("/op1%00")]
    [InlineData("/op1%0a")]
    [InlineData("/op1%3f")]
    [InlineData("/op1%23")]
    public void Allows_PathThatReadsInTwoWays_IsRefusedWhateverTheDefault(string path)
    {
        Assert.False(List(true, Policy(true, new("/op1", ["*"], true), new("/refused", ["*"], false))).Allows(Caller, path, "GET"));
        Assert.False(List(true).Allows(Caller, path, "GET"));
    }

    [Fact]
    public void Allows_AnotherCallerNamespaceOrTrustDomain_HasTheDefault()
    {
        var list = List(false, Policy(true));

        Assert.True(list.Allows(Caller, "/a", "GET"));
        Assert.False(list.Allows(Caller with { AppId = "other" }, "/a", "GET"));
        Assert.False(list.Allows(Caller with { Namespace = "other" }, "/a", "GET"));
        Assert.False(list.Allows(Caller with { TrustDomain = "other" }, "/a", "GET"));
    }

    [Fact]
    public void Allows_VerbWithoutRule_HasThePolicysDefaultThenTheLists()
    {
        var operation = new OperationSettings("/op", ["POST"], true);

        Assert.True(List(false, Policy(true, operation)).Allows(Caller, "/op", "GET"));
        Assert.False(List(true, Policy(false, operation)).Allows(Caller, "/op", "GET"));
        Assert.True(List(true, Policy(null, operation)).Allows(Caller, "/op", "GET"));
    }

    private static AccessControlList List(bool allowedByDefault, params AppPolicySettings[] policies) => new(new AccessControlSettings(allowedByDefault, "public", policies));

    private static AppPolicySettings Policy(bool? allowedByDefault, params OperationSettings[] operations) => new("caller", "default", "public", allowedByDefault, operations);
}
