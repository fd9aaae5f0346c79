using Google.Protobuf;
using Grpc.Core;

namespace Grpc.Reflection;

/// <summary>What a reflection service answers, in whichever version of its protocol it is asked: the two differ in nothing but their names.</summary>
internal sealed class Answers(SymbolTable symbols)
{
    /// <summary>Answers a request of v1.</summary>
    public V1.ServerReflectionResponse Answer(V1.ServerReflectionRequest request)
    {
        var response = new V1.ServerReflectionResponse { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case V1.ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                response.ListServicesResponse = new();
                response.ListServicesResponse.Service.AddRange(symbols.Services.Select(static name => new V1.ServiceResponse { Name = name }));
                break;
            case V1.ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                Give(response, symbols.FindFile(request.FileByFilename), $"file '{request.FileByFilename}'");
                break;
            case V1.ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                Give(response, symbols.FindSymbol(request.FileContainingSymbol), $"symbol '{request.FileContainingSymbol}'");
                break;
            case V1.ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension:
                var extension = request.FileContainingExtension;
                Give(response, symbols.FindExtension(extension.ContainingType, extension.ExtensionNumber), $"extension {extension.ExtensionNumber} of '{extension.ContainingType}'");
                break;
            case V1.ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType:
                if (symbols.FindExtensions(request.AllExtensionNumbersOfType) is { } numbers)
                {
                    response.AllExtensionNumbersResponse = new() { BaseTypeName = request.AllExtensionNumbersOfType };
                    response.AllExtensionNumbersResponse.ExtensionNumber.AddRange(numbers);
                }
                else
                {
                    response.ErrorResponse = Error(StatusCode.NotFound, $"There is no type '{request.AllExtensionNumbersOfType}' here.");
                }

                break;
            default:
                response.ErrorResponse = Error(StatusCode.InvalidArgument, "The request asks for nothing.");
                break;
        }

        return response;
    }

    /// <summary>Answers a request of v1alpha, which is v1's on the wire.</summary>
    public V1Alpha.ServerReflectionResponse Answer(V1Alpha.ServerReflectionRequest request)
        => V1Alpha.ServerReflectionResponse.Parser.ParseFrom(Answer(V1.ServerReflectionRequest.Parser.ParseFrom(request.ToByteString())).ToByteString());

    private static void Give(V1.ServerReflectionResponse response, Google.Protobuf.Reflection.FileDescriptor? file, string what)
    {
        if (file is null)
        {
            response.ErrorResponse = Error(StatusCode.NotFound, $"There is no {what} here.");
            return;
        }

        response.FileDescriptorResponse = new();
        response.FileDescriptorResponse.FileDescriptorProto.AddRange(SymbolTable.WithImports(file));
    }

    private static V1.ErrorResponse Error(StatusCode code, string message) => new() { ErrorCode = (int)code, ErrorMessage = message };
}
