using Google.Protobuf.Reflection;
using Tandem.Contracts.Grpc.Basket.V1;
using Tandem.Contracts.Grpc.Common.V1;
using Tandem.Contracts.Grpc.Identity.V1;
using Tandem.Contracts.Grpc.Order.V1;
using Tandem.Contracts.Grpc.Payment.V1;
using Tandem.Contracts.Grpc.Product.V1;

namespace Tandem.Services.Tests.Grpc;

/// <summary>
/// Clients that were built yesterday must go on working: what the protos say on the wire (names of services and methods, numbers and types of
/// fields, numbers of enum values) is written down in contract.txt, and only grows.
/// </summary>
public sealed class ContractTests
{
    private static readonly FileDescriptor[] Files =
    [
        MoneyReflection.Descriptor, ProductReflection.Descriptor, BasketReflection.Descriptor,
        OrderReflection.Descriptor, PaymentReflection.Descriptor, IdentityReflection.Descriptor,
    ];

    [Fact]
    public async Task Protos_SayWhatIsWrittenDown()
    {
        using var reader = new StreamReader(typeof(ContractTests).Assembly.GetManifestResourceStream("Tandem.Services.Tests.Grpc.contract.txt")!);
        var written = (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] said = [.. Files.SelectMany(Describe)];

        Assert.True(!written.Except(said).Any(), $"Old clients rely on:\n{string.Join('\n', written.Except(said))}");
        Assert.True(!said.Except(written).Any(), $"New, to be written down in contract.txt:\n{string.Join('\n', said.Except(written))}");
    }

    private static IEnumerable<string> Describe(FileDescriptor file)
    {
        foreach (var service in file.Services)
        {
            foreach (var method in service.Methods)
            {
                yield return $"rpc {service.FullName}/{method.Name} {Stream(method.IsClientStreaming)}{method.InputType.FullName} -> {Stream(method.IsServerStreaming)}{method.OutputType.FullName}";
            }
        }

        foreach (var line in file.EnumTypes.SelectMany(static type => type.Values).Select(static value => $"value {value.EnumDescriptor.FullName} {value.Number} {value.Name}"))
        {
            yield return line;
        }

        foreach (var field in file.MessageTypes.SelectMany(static type => type.Fields.InFieldNumberOrder()))
        {
            yield return $"field {field.ContainingType.FullName} {field.FieldNumber} {Kind(field)} {field.Name}";
        }
    }

    private static string Stream(bool isStreaming) => isStreaming ? "stream " : "";

    private static string Kind(FieldDescriptor field)
    {
        var type = field.FieldType switch
        {
            FieldType.Message => field.MessageType.FullName,
            FieldType.Enum => field.EnumType.FullName,
            var simple => simple.ToString().ToLowerInvariant(),
        };
        return field switch
        {
            { IsMap: true } => $"map {field.MessageType.FindFieldByNumber(1).FieldType} {field.MessageType.FindFieldByNumber(2).FieldType}".ToLowerInvariant(),
            { IsRepeated: true } => $"repeated {type}",
            { HasPresence: true, FieldType: not FieldType.Message } => $"optional {type}",
            _ => type,
        };
    }
}
