using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Tandem.Conventions.Tests;

/// <summary>
/// A built test assembly: its tests, and whether each comes to an assertion, by itself or through whatever of its assembly it calls, hands over
/// or awaits. What is called without being in the assembly is not looked into.
/// </summary>
internal sealed class TestAssembly : IDisposable
{
    private readonly PEReader _file;
    private readonly MetadataReader _metadata;
    private readonly Dictionary<MethodDefinitionHandle, Calls> _calls = [];
    private readonly ILookup<string, MethodDefinitionHandle> _implementations;
    private readonly Dictionary<string, TypeDefinitionHandle> _types;

    private TestAssembly(string path)
    {
        Name = Path.GetFileNameWithoutExtension(path);
        _file = new PEReader(File.OpenRead(path));
        _metadata = _file.GetMetadataReader();
        _types = _metadata.TypeDefinitions.ToDictionary(FullName, StringComparer.Ordinal);
        _implementations = _metadata.MethodDefinitions
            .Where(handle => (_metadata.GetMethodDefinition(handle).Attributes & System.Reflection.MethodAttributes.Virtual) != 0)
            .ToLookup(NameOf, StringComparer.Ordinal);
    }

    /// <summary>The assembly's name.</summary>
    public string Name { get; }

    /// <summary>Opens an assembly.</summary>
    public static TestAssembly Open(string path) => new(path);

    /// <summary>The tests: methods with an attribute that is, or is named as, a Fact or Theory.</summary>
    public IReadOnlyList<string> Tests => [.. TestMethods().Select(FullName)];

    /// <summary>The tests that come to no assertion.</summary>
    public IReadOnlyList<string> TestsWithoutAssertion => [.. TestMethods().Where(method => !ComesToAnAssertion(method)).Select(FullName)];

    /// <summary>Whether a method, by its full name, comes to an assertion.</summary>
    public bool ComesToAnAssertion(string method) => ComesToAnAssertion(_metadata.MethodDefinitions.Single(handle => FullName(handle) == method));

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private IEnumerable<MethodDefinitionHandle> TestMethods()
        => _metadata.MethodDefinitions.Where(handle => _metadata.GetMethodDefinition(handle).GetCustomAttributes()
            .Select(attribute => TypeOfConstructor(_metadata.GetCustomAttribute(attribute).Constructor))
            .Any(static name => name.EndsWith("FactAttribute", StringComparison.Ordinal) || name.EndsWith("TheoryAttribute", StringComparison.Ordinal)));

    private bool ComesToAnAssertion(MethodDefinitionHandle start)
    {
        HashSet<MethodDefinitionHandle> seen = [start];
        Queue<MethodDefinitionHandle> open = new(seen);
        while (open.TryDequeue(out var method))
        {
            if (!_calls.TryGetValue(method, out var calls))
            {
                _calls[method] = calls = Read(method);
            }

            if (calls.Asserts)
            {
                return true;
            }

            foreach (var next in calls.Own.Where(seen.Add))
            {
                open.Enqueue(next);
            }
        }

        return false;
    }

    /// <summary>What a method's code names: methods of this assembly, and whether an assertion is among the rest.</summary>
    private Calls Read(MethodDefinitionHandle handle)
    {
        var method = _metadata.GetMethodDefinition(handle);
        List<MethodDefinitionHandle> own = [];
        var asserts = false;
        if (method.RelativeVirtualAddress != 0)
        {
            foreach (var token in Il.MethodsIn(_file.GetMethodBody(method.RelativeVirtualAddress).GetILReader()))
            {
                Add(token);
            }
        }

        own.AddRange(StateMachineOf(method));
        if ((method.Attributes & System.Reflection.MethodAttributes.Abstract) != 0)
        {
            // Whoever implements it may assert.
            own.AddRange(_implementations[NameOf(handle)]);
        }

        return new Calls(own, asserts);

        void Add(EntityHandle token)
        {
            switch (token.Kind)
            {
                case HandleKind.MethodDefinition:
                    own.Add((MethodDefinitionHandle)token);
                    break;
                case HandleKind.MethodSpecification:
                    Add(_metadata.GetMethodSpecification((MethodSpecificationHandle)token).Method);
                    break;
                case HandleKind.MemberReference:
                    var member = _metadata.GetMemberReference((MemberReferenceHandle)token);
                    var type = NameOfType(member.Parent);
                    asserts |= type == "Xunit.Assert";
                    if (_types.TryGetValue(type, out var definition))
                    {
                        own.AddRange(_metadata.GetTypeDefinition(definition).GetMethods().Where(candidate => NameOf(candidate) == _metadata.GetString(member.Name)));
                    }

                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>An async method's code, and an iterator's, is in a type that the compiler made and an attribute names.</summary>
    private IEnumerable<MethodDefinitionHandle> StateMachineOf(MethodDefinition method)
    {
        foreach (var attribute in method.GetCustomAttributes().Select(_metadata.GetCustomAttribute))
        {
            if (!TypeOfConstructor(attribute.Constructor).EndsWith("StateMachineAttribute", StringComparison.Ordinal))
            {
                continue;
            }

            var value = _metadata.GetBlobReader(attribute.Value);
            value.ReadUInt16();
            if (value.ReadSerializedString() is { } name && _types.TryGetValue(name.Split(',')[0].Replace('+', '/'), out var type))
            {
                foreach (var step in _metadata.GetTypeDefinition(type).GetMethods().Where(step => NameOf(step) == "MoveNext"))
                {
                    yield return step;
                }
            }
        }
    }

    private string TypeOfConstructor(EntityHandle constructor) => constructor.Kind switch
    {
        HandleKind.MemberReference => NameOfType(_metadata.GetMemberReference((MemberReferenceHandle)constructor).Parent),
        HandleKind.MethodDefinition => FullName(_metadata.GetMethodDefinition((MethodDefinitionHandle)constructor).GetDeclaringType()),
        _ => "",
    };

    private string NameOfType(EntityHandle type)
    {
        switch (type.Kind)
        {
            case HandleKind.TypeReference:
                var reference = _metadata.GetTypeReference((TypeReferenceHandle)type);
                return FullName(reference.Namespace, reference.Name);
            case HandleKind.TypeDefinition:
                return FullName((TypeDefinitionHandle)type);
            case HandleKind.TypeSpecification:
                // GENERICINST (CLASS | VALUETYPE) of a type: ECMA-335, II.23.2.12.
                var signature = _metadata.GetBlobReader(_metadata.GetTypeSpecification((TypeSpecificationHandle)type).Signature);
                return signature.ReadByte() == 0x15 && signature.ReadByte() is 0x11 or 0x12 ? NameOfType(signature.ReadTypeHandle()) : "";
            default:
                return "";
        }
    }

    private string FullName(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        return type.GetDeclaringType() is { IsNil: false } outer ? $"{FullName(outer)}/{_metadata.GetString(type.Name)}" : FullName(type.Namespace, type.Name);
    }

    private string FullName(StringHandle space, StringHandle name)
        => space.IsNil ? _metadata.GetString(name) : $"{_metadata.GetString(space)}.{_metadata.GetString(name)}";

    private string FullName(MethodDefinitionHandle handle) => $"{FullName(_metadata.GetMethodDefinition(handle).GetDeclaringType())}.{NameOf(handle)}";

    private string NameOf(MethodDefinitionHandle handle) => _metadata.GetString(_metadata.GetMethodDefinition(handle).Name);

    private sealed record Calls(IReadOnlyList<MethodDefinitionHandle> Own, bool Asserts);
}
