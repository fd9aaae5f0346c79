// What the page shows, made of the OpenAPI document alone; nothing in here knows of the page.

const methods = ['get', 'post', 'put', 'patch', 'delete'];
const deepest = 6;

/** Follows a reference within the document. */
export function resolve(document, node) {
  for (let i = 0; node?.$ref !== undefined && i < deepest; i++) {
    if (!node.$ref.startsWith('#/')) return {};
    node = node.$ref.slice(2).split('/').reduce((at, part) => at?.[part.replaceAll('~1', '/').replaceAll('~0', '~')], document);
  }
  return node ?? {};
}

/** The operations, in groups of their tags, in the order of the document. */
export function groupsOf(document) {
  const groups = new Map();
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of methods.filter((name) => item[name])) {
      const operation = item[method];
      const tag = operation.tags?.[0] ?? operation['x-tandem-service'] ?? 'Other';
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((one) => resolve(document, one));
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push({
        id: operation.operationId ?? `${method}${path}`,
        method,
        path,
        summary: operation.summary ?? '',
        description: operation.description ?? '',
        needsUser: (operation.security ?? document.security ?? []).length > 0,
        parameters,
        body: bodyOf(document, operation),
        responses: Object.entries(operation.responses ?? {}).map(([status, response]) => responseOf(document, status, response)),
      });
    }
  }
  return [...groups].map(([name, operations]) => ({ name, operations }));
}

/** The services that the document leaves out. */
export function missingServices(document) {
  return (document['x-tandem-services'] ?? []).filter((service) => service.status !== 'included');
}

/** Whether an operation has all the words of the filter in it. */
export function matches(operation, filter) {
  const text = `${operation.method} ${operation.path} ${operation.summary} ${operation.description}`.toLowerCase();
  return filter.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** A value that fits a schema. */
export function exampleOf(document, schema, depth = 0) {
  const found = resolve(document, schema);
  if (found.example !== undefined) return found.example;
  if (found.default !== undefined) return found.default;
  if (found.enum?.length > 0) return found.enum[0];
  const choice = found.oneOf ?? found.anyOf;
  if (choice) return exampleOf(document, choice.find((one) => one.type !== 'null') ?? {}, depth + 1);
  if (found.allOf) return Object.assign({}, ...found.allOf.map((one) => exampleOf(document, one, depth + 1)));
  const type = typesOf(found)[0];
  if (depth > deepest) return null;
  if (type === 'object' || found.properties) {
    return Object.fromEntries(Object.entries(found.properties ?? {}).map(([name, one]) => [name, exampleOf(document, one, depth + 1)]));
  }
  if (type === 'array') return [exampleOf(document, found.items ?? {}, depth + 1)];
  if (type === 'integer' || type === 'number') return found.minimum ?? 1;
  if (type === 'boolean') return true;
  if (type === 'string') return found.format === 'date-time' ? '2030-01-02T03:04:05Z' : found.format === 'uri' ? 'https://example.com/' : 'text';
  return null;
}

/** A schema's type in a few words. */
export function typeName(document, schema) {
  const found = resolve(document, schema);
  if (found.enum) return found.enum.join(' | ');
  const types = typesOf(found);
  if (types[0] === 'array') return `${typeName(document, found.items ?? {})}[]`;
  return [types.join(' | ') || 'any', found.format].filter(Boolean).join(', ');
}

/** The path with its parameters filled in, and the query; empty ones are left out. */
export function addressOf(operation, values) {
  let path = operation.path;
  const query = new URLSearchParams();
  for (const parameter of operation.parameters) {
    const value = values[parameter.name] ?? '';
    if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (parameter.in === 'query' && value !== '') query.set(parameter.name, value);
  }
  return query.size > 0 ? `${path}?${query}` : path;
}

// OpenAPI 3.1 writes ["null", "integer"]; numbers may come with the string form beside them.
function typesOf(schema) {
  const types = [schema.type ?? []].flat().filter((type) => type !== 'null');
  const number = types.find((type) => type === 'integer' || type === 'number');
  return number ? [number] : types;
}

function bodyOf(document, operation) {
  const body = resolve(document, operation.requestBody);
  const [contentType, content] = Object.entries(body.content ?? {})[0] ?? [];
  return contentType ? { contentType, required: body.required === true, schema: content.schema ?? {} } : null;
}

function responseOf(document, status, response) {
  const found = resolve(document, response);
  const [contentType, content] = Object.entries(found.content ?? {})[0] ?? [];
  return { status, description: found.description ?? '', contentType: contentType ?? '', schema: content?.schema ?? null };
}
