using Tandem.Runtime.Tracing;

namespace Tandem.Runtime.Tests.Tracing;

public sealed class OtlpEnvironmentTests
{
    private readonly Dictionary<string, string> _variables = [];
    private readonly List<string> _faults = [];

    [Fact]
    public void Read_WithoutAnEndpoint_IsNothing()
    {
        _variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";

        Assert.Null(Read());
        Assert.Empty(_faults);
    }

    [Theory]
    [InlineData("http://collector:4317", null, null, "http://collector:4317/", true)]
    [InlineData("https://collector:4317", "grpc", "true", "https://collector:4317/", true)]
    [InlineData("collector:4317", null, null, "https://collector:4317/", true)]
    [InlineData("collector:4317", null, "true", "http://collector:4317/", true)]
    [InlineData("http://collector:4318", "http/protobuf", null, "http://collector:4318/v1/traces", false)]
    [InlineData("http://collector/otlp/", "http/json", null, "http://collector/otlp/v1/traces", false)]
    public void Read_Endpoint_IsWhereSpansGo(string endpoint, string? protocol, string? insecure, string expected, bool isGrpc)
    {
        _variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
        _variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol ?? "";
        _variables["OTEL_EXPORTER_OTLP_INSECURE"] = insecure ?? "";

        var settings = Read();

        Assert.Equal((expected, isGrpc), (settings?.Endpoint.ToString(), settings?.IsGrpc));
        Assert.Empty(_faults);
    }

    [Fact]
    public void Read_HeadersAndTimeout_ArePassedOn()
    {
        _variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://collector:4317";
        _variables["OTEL_EXPORTER_OTLP_HEADERS"] = "x-key=a%20b, x-tenant=shop";
        _variables["OTEL_EXPORTER_OTLP_TIMEOUT"] = "1500";

        var settings = Read()!;

        Assert.Equal([new("x-key", "a b"), new("x-tenant", "shop")], settings.Headers);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), settings.Timeout);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://collector", "must be an address such as http://localhost:4317, not 'ftp://collector'")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "secret", "must be name=value, separated by commas")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "soon", "must be a number of milliseconds, not 'soon'")]
    public void Read_WrongValue_IsOneFaultThatNamesTheVariable(string name, string value, string fault)
    {
        _variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://collector:4317";
        _variables[name] = value;

        Read();

        Assert.Equal([$"{name}: {fault}"], _faults);
    }

    [Fact]
    public void Or_ConfigurationWithACollectorOrARate_Wins()
    {
        var ofEnvironment = new OtlpSettings(new Uri("http://environment:4317"), IsGrpc: true, new Dictionary<string, string>(), null);
        var ofFile = ofEnvironment with { Endpoint = new Uri("http://file:4317") };

        Assert.Equal((ofEnvironment, 1.0), Shown(new TracingSettings().Or(ofEnvironment)));
        Assert.Equal((ofEnvironment, 0.5), Shown(new TracingSettings { SamplingRate = 0.5 }.Or(ofEnvironment)));
        Assert.Equal((ofFile, TracingSettings.DefaultSamplingRate), Shown(new TracingSettings { Otlp = ofFile }.Or(ofEnvironment)));
        Assert.Equal(0, new TracingSettings().Or(null).EffectiveRate);
    }

    private static (OtlpSettings?, double) Shown(TracingSettings settings) => (settings.Otlp, settings.EffectiveRate);

    private OtlpSettings? Read() => OtlpEnvironment.Read(_variables.GetValueOrDefault, _faults.Add);
}
