using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Grpc.Reflection;

/// <summary>Finds the proto files of a server's services by file and by symbol.</summary>
internal sealed class SymbolTable
{
    private readonly Dictionary<string, FileDescriptor> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _bySymbol = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Type, int Number), FileDescriptor> _byExtension = [];

    public SymbolTable(IEnumerable<ServiceDescriptor> services)
    {
        foreach (var service in services)
        {
            Services.Add(service.FullName);
            Add(service.File);
        }
    }

    public SortedSet<string> Services { get; } = new(StringComparer.Ordinal);

    public FileDescriptor? FindFile(string name) => _byName.GetValueOrDefault(name);

    public FileDescriptor? FindSymbol(string symbol) => _bySymbol.GetValueOrDefault(symbol);

    public FileDescriptor? FindExtension(string type, int number) => _byExtension.GetValueOrDefault((type, number));

    /// <summary>The numbers of a message's extensions; null for an unknown message.</summary>
    public IReadOnlyList<int>? FindExtensions(string type)
        => _bySymbol.ContainsKey(type) ? [.. _byExtension.Keys.Where(key => key.Type == type).Select(static key => key.Number).Order()] : null;

    /// <summary>A file and all that it needs, each once, the file itself first.</summary>
    public static IEnumerable<ByteString> WithImports(FileDescriptor file)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { file.Name };
        var open = new Queue<FileDescriptor>([file]);
        while (open.TryDequeue(out var next))
        {
            yield return next.SerializedData;
            foreach (var import in next.Dependencies.Where(import => seen.Add(import.Name)))
            {
                open.Enqueue(import);
            }
        }
    }

    private void Add(FileDescriptor file)
    {
        if (!_byName.TryAdd(file.Name, file))
        {
            return;
        }

        foreach (var service in file.Services)
        {
            _bySymbol[service.FullName] = file;
            foreach (var method in service.Methods)
            {
                _bySymbol[method.FullName] = file;
            }
        }

        foreach (var type in file.EnumTypes)
        {
            Add(type, file);
        }

        foreach (var message in file.MessageTypes)
        {
            Add(message, file);
        }

        foreach (var extension in file.Extensions.UnorderedExtensions)
        {
            Add(extension, file);
        }

        foreach (var import in file.Dependencies)
        {
            Add(import);
        }
    }

    private void Add(MessageDescriptor message, FileDescriptor file)
    {
        _bySymbol[message.FullName] = file;
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            _bySymbol[field.FullName] = file;
        }

        foreach (var oneof in message.Oneofs)
        {
            _bySymbol[oneof.FullName] = file;
        }

        foreach (var type in message.EnumTypes)
        {
            Add(type, file);
        }

        foreach (var nested in message.NestedTypes)
        {
            Add(nested, file);
        }

        foreach (var extension in message.Extensions.UnorderedExtensions)
        {
            Add(extension, file);
        }
    }

    private void Add(EnumDescriptor type, FileDescriptor file)
    {
        _bySymbol[type.FullName] = file;
        foreach (var value in type.Values)
        {
            _bySymbol[value.FullName] = file;
        }
    }

    private void Add(FieldDescriptor extension, FileDescriptor file)
    {
        _bySymbol[extension.FullName] = file;
        _byExtension[(extension.ExtendeeType.FullName, extension.FieldNumber)] = file;
    }
}
