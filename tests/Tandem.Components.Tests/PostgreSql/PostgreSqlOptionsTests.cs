using Npgsql;
using Tandem.Components.Metadata;
using Tandem.Components.PostgreSql.Connection;
using Tandem.Testing;

namespace Tandem.Components.Tests.PostgreSql;

public sealed class PostgreSqlOptionsTests
{
    [Theory]
    [InlineData("host=db.example user=ann password='its' port=5433 dbname=shop sslmode=verify-full connect_timeout=7", "its")]
    [InlineData(@"host = db.example user=ann password='a \' b\\' port=5433 database=shop sslmode=verify-full connect_timeout=7", @"a ' b\")]
    [InlineData("postgres://ann:p%40ss%3A%2F@db.example:5433/shop?sslmode=verify-full&connect_timeout=7", "p@ss:/")]
    [InlineData("postgresql://ann:p@ss@db.example:5433/shop?sslmode=verify-full&connect_timeout=7", "p@ss")]
    public void Parse_ConnectionString_OfEitherKind(string text, string password)
    {
        var driver = Parse(("connectionString", text)).Driver;
        Assert.Equal(("db.example", 5433, "ann", password, "shop"), (driver.Host, driver.Port, driver.Username, driver.Password, driver.Database));
        Assert.Equal((SslMode.VerifyFull, 7), (driver.SslMode, driver.Timeout));
    }

    [Fact]
    public void Parse_FieldsOfTheirOwn_CountMoreThanTheConnectionString()
    {
        var options = Parse(
            ("url", "postgres://ann:old@old.example/old"), ("host", "new.example"), ("port", "6000"), ("user", "bob"), ("password", "new"), ("database", "shop"));
        var driver = options.Driver;
        Assert.Equal(("new.example", 6000, "bob", "new", "shop"), (driver.Host, driver.Port, driver.Username, driver.Password, driver.Database));
        Assert.Equal("new.example:6000", options.Address);
        Assert.Equal("password", options.FieldOf("password"));
        Assert.Equal("url", options.FieldOf("sslmode"));
    }

    [Fact]
    public void Parse_HostAddr_IsDialledAndTheHostChecked()
    {
        var options = Parse(("connectionString", "host=db.example"), ("hostaddr", "127.0.0.1"));
        Assert.Equal(("127.0.0.1", "db.example"), (options.Driver.Host, options.CertificateHost));
    }

    [Fact]
    public void Parse_SeveralHosts_EachHasItsPort()
    {
        Assert.Equal("a:1,b:2", Parse(("connectionString", "host=a,b port=1,2 target_session_attrs=read-write")).Driver.Host);
        Assert.Equal("a:5432,b:5432", Parse(("connectionString", "postgres://a,b/shop")).Driver.Host);
    }

    [Fact]
    public void Parse_Pool_IsThatOfTheFieldsElseOfTheConnectionString()
    {
        var given = Parse(("connectionString", "host=x pool_max_conns=9 pool_max_conn_idle_time=2m"), ("maxConns", "0")).Driver;
        Assert.Equal((9, 120), (given.MaxPoolSize, given.ConnectionIdleLifetime));
        var fields = Parse(("connectionString", "host=x pool_max_conns=9"), ("maxConns", "3"), ("connMaxIdleTime", "5s"), ("timeoutInSeconds", "30")).Driver;
        Assert.Equal((3, 5, 5, 30), (fields.MaxPoolSize, fields.ConnectionIdleLifetime, fields.ConnectionPruningInterval, fields.CommandTimeout));
        Assert.Equal(16, Parse(("connectionString", "host=x")).Driver.MaxPoolSize);
    }

    [Theory]
    [InlineData("cache_statement", true)]
    [InlineData("cache_describe", false)]
    [InlineData("describe_exec", false)]
    [InlineData("exec", false)]
    [InlineData("simple_protocol", false)]
    public void Parse_QueryExecMode_SaysWhetherStatementsAreKept(string mode, bool kept)
        => Assert.Equal(kept, Parse(("connectionString", "host=x"), ("queryExecMode", mode)).Driver.MaxAutoPrepare > 0);

    [Fact]
    public void Parse_OtherParameters_AreSettingsOfTheSession()
        => Assert.Equal(@"-c statement_timeout=5s -c work_mem=4\ MB", Parse(("connectionString", "host=x work_mem='4 MB' statement_timeout=5s")).Driver.Options);

    [Fact]
    public void Parse_RootCertificateBesideRequire_IsLookedAt()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["ca.pem"], "");
        Assert.Equal(SslMode.VerifyCA, Parse(("connectionString", "host=x sslmode=require"), ("sslRootCert", folder["ca.pem"])).Driver.SslMode);
    }

    [Theory]
    [InlineData("connectionString", "is required")]
    [InlineData("connectionString", "names no host", "connectionString", "user=ann")]
    [InlineData("connectionString", "name=value", "connectionString", "nonsense")]
    [InlineData("connectionString", "no closing quote after password", "connectionString", "host=x password='open")]
    [InlineData("connectionString", "sslmode=sometimes", "connectionString", "host=x sslmode=sometimes")]
    [InlineData("connectionString", "service, which is not supported", "connectionString", "host=x service=y")]
    [InlineData("connectionString", "connect_timeout", "connectionString", "host=x connect_timeout=soon")]
    [InlineData("connectionString", "can only be UTF8", "connectionString", "host=x client_encoding=latin1")]
    [InlineData("connectionString", "one port for all hosts", "connectionString", "host=a,b,c port=1,2")]
    [InlineData("port", "'many'", "host", "x", "port", "many")]
    [InlineData("sslRootCert", "which is not there", "host", "x", "sslRootCert", "/nowhere/ca.pem")]
    [InlineData("queryExecMode", "cache_statement", "host", "x", "queryExecMode", "fast")]
    [InlineData("timeout", "1s or more", "host", "x", "timeout", "10ms")]
    [InlineData("timeout", "duration", "host", "x", "timeout", "soon")]
    [InlineData("maxConns", "whole number", "host", "x", "maxConns", "many")]
    [InlineData("connectionMaxIdleTime", "duration", "host", "x", "connectionMaxIdleTime", "long")]
    [InlineData("useAzureAD", "not supported", "host", "x", "useAzureAD", "true")]
    [InlineData("useAWSIAM", "not supported", "host", "x", "useAWSIAM", "true")]
    public void Parse_CannotBeUsed_SaysWhichFieldAndWhy(string field, string problem, params string[] metadata)
    {
        var fault = Assert.Throws<ComponentMetadataException>(() => Parse([.. metadata.Chunk(2).Select(static pair => (pair[0], pair[1])), .. metadata.Length == 0 ? Array.Empty<(string, string)>() : [("password", "hidden-secret")]]));
        Assert.Equal(field, fault.Field);
        Assert.Contains(problem, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-secret", fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("state.postgresql", "v1", "tableName", "state; DROP TABLE x")]
    [InlineData("state.postgres", "v1", "metadataTableName", "a.b.c")]
    [InlineData("state.postgresql", "v1", "cleanupInterval", "often")]
    [InlineData("state.postgres", "v2", "tablePrefix", "my-")]
    [InlineData("state.postgresql", "v2", "tableName", "state")]
    [InlineData("configuration.postgresql", "v1", "table", "")]
    [InlineData("configuration.postgres", "v1", "notifyChannel", "a\"; LISTEN b")]
    public void Create_FieldOfOneComponent_IsChecked(string type, string version, string field, string value)
    {
        (string, string)[] table = field is "table" || type.StartsWith("state", StringComparison.Ordinal) ? [] : [("table", "settings")];
        var context = PostgreSqlParts.Context(type, [("host", "x"), (field, value), .. table]) with { Version = version };
        var catalog = Contexts.Catalog();
        var fault = Assert.Throws<ComponentMetadataException>(() => type.StartsWith("state", StringComparison.Ordinal) ? (object)catalog.StateStores.Create(context) : catalog.ConfigurationStores.Create(context));
        Assert.Equal(field, fault.Field);
    }

    private static PostgreSqlOptions Parse(params (string Name, string Value)[] metadata) => PostgreSqlOptions.Parse(PostgreSqlParts.Context("state.postgresql", metadata));
}
