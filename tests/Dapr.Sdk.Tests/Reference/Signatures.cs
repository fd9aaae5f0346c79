using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Dapr.Sdk.Tests.Reference;

/// <summary>
/// What code outside an assembly can see of it, a line for each type and member, as far as source code depends on it. Where callers may leave
/// arguments out, there is a line for every way to call.
/// </summary>
internal static class Signatures
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IReadOnlySet<string> Read(string path)
    {
        var context = new FolderContext(Path.GetDirectoryName(path)!);
        try
        {
            var lines = new HashSet<string>(StringComparer.Ordinal);
            foreach (var type in context.LoadFromAssemblyPath(path).GetTypes().Where(static type => type.IsVisible && type.Name[0] != '<'))
            {
                // Extension methods are found by their namespace, whatever class they are in.
                if (type.IsDefined(typeof(ExtensionAttribute), inherit: false))
                {
                    lines.UnionWith(type.GetMethods(Declared).SelectMany(Describe).Select(method => $"{type.Namespace} {method}"));
                    continue;
                }

                lines.Add($"{Kind(type)} {Name(type)}");
                lines.UnionWith(Members(type));
            }

            return lines;
        }
        finally
        {
            context.Unload();
        }
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return [];
        }

        if (type.IsEnum)
        {
            return type.GetEnumNames().Select(name => $"{Name(type)}.{name}");
        }

        // A member that a base type has is a member of the type, wherever each of the two packages declares it.
        return Lineage(type).SelectMany(static declaring => declaring.GetMembers(Declared)).SelectMany(Describe).Select(member => $"{Name(type)}.{member}");
    }

    private static IEnumerable<Type> Lineage(Type type)
    {
        for (var each = type; each is not null && each != typeof(object); each = each.BaseType)
        {
            yield return each;
        }
    }

    private static IEnumerable<string> Describe(MemberInfo member) => member switch
    {
        ConstructorInfo constructor when IsVisible(constructor) && !constructor.IsStatic => Ways(constructor).Select(static way => $"new({way})"),
        MethodInfo method when IsVisible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
            => Ways(method).Select(way => $"{method.Name}{Arity(method)}({way}) : {Name(method.ReturnType)}"),
        PropertyInfo property when property.GetMethod is { } get && IsVisible(get)
            => property.SetMethod is { } set && IsVisible(set)
                ? [$"{property.Name} : {Name(property.PropertyType)}", $"{property.Name} : {Name(property.PropertyType)} set"]
                : [$"{property.Name} : {Name(property.PropertyType)}"],
        FieldInfo field when field.IsPublic => [field.IsLiteral ? $"const {field.Name}" : $"{field.Name} : {Name(field.FieldType)}"],
        _ => [],
    };

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Arity(MethodInfo method) => method.IsGenericMethodDefinition ? $"`{method.GetGenericArguments().Length}" : "";

    private static IEnumerable<string> Ways(MethodBase method)
    {
        var parameters = method.GetParameters();
        var isExtension = method.IsDefined(typeof(ExtensionAttribute));
        var required = parameters.TakeWhile(static parameter => !parameter.IsOptional).Count();
        for (var count = required; count <= parameters.Length; count++)
        {
            yield return string.Join(", ", parameters.Take(count).Select(p => $"{Name(p.ParameterType)} {(isExtension && p.Position == 0 ? "this" : p.Name)}{(p.IsDefined(typeof(ParamArrayAttribute)) ? "*" : "")}"));
        }
    }

    private static string Kind(Type type) => type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct" : type is { IsAbstract: true, IsSealed: true } ? "static class" : "class";

    private static string Name(Type type)
    {
        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!)}[]";
        }

        if (type.IsByRef)
        {
            return $"ref {Name(type.GetElementType()!)}";
        }

        var name = type.IsNested ? $"{Name(type.DeclaringType!)}.{type.Name}" : $"{type.Namespace}.{type.Name}";
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }

    /// <summary>Takes neighbours from the assembly's own folder, and the framework from the running one.</summary>
    private sealed class FolderContext(string folder) : AssemblyLoadContext(isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            var path = Path.Combine(folder, $"{assemblyName.Name}.dll");
            return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }
    }
}
