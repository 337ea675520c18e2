import { type Field, fieldOf, fieldsOf, nameOf, type OpenApi, readableJson, type SchemaOrRef, sampleOf } from './schema'

/** What an operation answers with one status. */
export interface Answer {
  status: string
  description: string
  /** The object it answers, described elsewhere on the page. */
  object: string | undefined
  fields: Field[]
}

/** An error status, and the codes that come with it. */
export interface ErrorAnswer {
  status: string
  codes: string[]
}

/** One call of the API. */
export interface Operation {
  id: string
  method: string
  path: string
  summary: string
  description: string
  /** Scopes that the calling key must have. */
  scopes: string[]
  /** Ways to authenticate: "bearer", "basic". */
  schemes: string[]
  parameters: { path: Field[]; query: Field[] }
  body: { mediaType: string; fields: Field[] } | undefined
  answers: Answer[]
  errors: ErrorAnswer[]
  /** A request that runs as it stands, once FENICIA_TOKEN holds a token. */
  curl: string
  /** A successful answer. */
  sample: string | undefined
}

/** Calls that belong together. */
export interface OperationGroup {
  id: string
  name: string
  description: string
  operations: Operation[]
}

const methods = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'] as const
type PathItem = NonNullable<OpenApi['paths']>[string]
type OperationObject = NonNullable<PathItem[(typeof methods)[number]]>

/** The document as a reader wants it: calls by group, in the document's order. */
export function groupsOf(document: OpenApi): OperationGroup[] {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method]
      return operation ? [{ tag: operation.tags?.[0], operation: read(document, method, path, operation) }] : []
    }),
  )
  return (document.tags ?? []).map(({ name, description = '' }) => ({
    id: name.toLowerCase().replaceAll(' ', '-'),
    name,
    description,
    operations: operations.filter(({ tag }) => tag === name).map(({ operation }) => operation),
  }))
}

function read(document: OpenApi, method: string, path: string, operation: OperationObject): Operation {
  const responses = Object.entries(operation.responses ?? {}).sort(([a], [b]) => Number(a) - Number(b))
  const isError = ([status]: [string, unknown]) => Number(status) >= 400
  const requirements = operation.security ?? []
  return {
    id: operation.operationId ?? `${method}${path}`,
    method: method.toUpperCase(),
    path,
    summary: operation.summary ?? path,
    description: operation.description ?? '',
    scopes: [...new Set(requirements.flatMap((requirement) => Object.values(requirement).flat()))],
    schemes: requirements.flatMap((requirement) => Object.keys(requirement)),
    parameters: { path: parametersOf(document, operation, 'path'), query: parametersOf(document, operation, 'query') },
    body: bodyOf(document, operation),
    answers: responses.filter((entry) => !isError(entry)).map(([status, answer]) => answerOf(document, status, answer)),
    errors: responses.filter(isError).map(([status, answer]) => ({ status, codes: codesOf(answer) })),
    curl: curlOf(document, method, path, operation),
    sample: sampleAnswer(document, operation),
  }
}

/** What webhooks are told of. */
export interface EventType {
  /** Of its heading. */
  id: string
  type: string
  summary: string
  /** What the message's `data` holds. */
  fields: Field[]
}

/** The events that webhooks are told of, in the document's order. */
export function eventsOf(document: OpenApi): EventType[] {
  return Object.entries(document.webhooks ?? {}).flatMap(([type, item]) => {
    const operation = 'post' in item ? item.post : undefined
    const body = operation && bodyOf(document, operation)
    if (!operation || !body) return []
    const fields = body.fields.find(({ name }) => name === 'data')?.fields ?? []
    return [{ id: `event-${type}`, type, summary: operation.summary ?? '', fields }]
  })
}

function parametersOf(document: OpenApi, { parameters = [] }: OperationObject, place: 'path' | 'query'): Field[] {
  return parameters.flatMap((parameter) =>
    'in' in parameter && parameter.in === place && parameter.schema
      ? [
          {
            ...fieldOf(document, parameter.name, parameter.schema, parameter.required ?? false),
            ...(parameter.description ? { description: parameter.description } : {}),
          },
        ]
      : [],
  )
}

interface Content {
  mediaType: string
  schema: SchemaOrRef
}

/** The one media type that a body or an answer has. */
function contentOf(holder: object | undefined): Content | undefined {
  if (!holder || !('content' in holder)) return undefined
  const [first] = Object.entries(holder.content as Record<string, { schema?: SchemaOrRef }>)
  return first?.[1].schema ? { mediaType: first[0], schema: first[1].schema } : undefined
}

function bodyOf(document: OpenApi, operation: OperationObject): Operation['body'] {
  const content = contentOf(operation.requestBody)
  return content && { mediaType: content.mediaType, fields: fieldsOf(document, content.schema) }
}

function answerOf(document: OpenApi, status: string, answer: object): Answer {
  const content = contentOf(answer)
  const object = content && nameOf(content.schema)
  return {
    status,
    description: descriptionOf(answer),
    object,
    fields: content && !object ? fieldsOf(document, content.schema) : [],
  }
}

function descriptionOf(answer: object): string {
  return 'description' in answer ? String(answer.description) : ''
}

/** The codes that an error's description names, in backticks. */
function codesOf(answer: object): string[] {
  return [...descriptionOf(answer).matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
}

function sampleAnswer(document: OpenApi, { responses = {} }: OperationObject): string | undefined {
  const [, success] = Object.entries(responses).find(([status]) => Number(status) < 300) ?? []
  const content = contentOf(success)
  return content && readableJson(sampleOf(document, content.schema))
}

function curlOf(document: OpenApi, method: string, path: string, operation: OperationObject): string {
  const content = contentOf(operation.requestBody)
  const [server] = document.servers ?? []
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => samplePathValue(document, operation, name))
  const lines = [`curl ${method === 'get' ? '' : `-X ${method.toUpperCase()} `}${server?.url ?? ''}${filled}`]
  lines.push('-H "Authorization: Bearer $FENICIA_TOKEN"')
  if (content?.mediaType === 'application/json') {
    lines.push(
      '-H "Content-Type: application/json"',
      `-d '${readableJson(requestSample(document, content.schema)).replaceAll('\n', '\n  ')}'`,
    )
  } else if (content) {
    const fields = Object.entries(requestSample(document, content.schema))
    lines.push(...fields.map(([name, value]) => `--data-urlencode "${name}=${value}"`))
  }
  return lines.join(' \\\n  ')
}

function samplePathValue(document: OpenApi, { parameters = [] }: OperationObject, name: string): string {
  const parameter = parameters.find((one) => 'name' in one && one.name === name)
  return parameter && 'schema' in parameter && parameter.schema
    ? String(sampleOf(document, parameter.schema))
    : `{${name}}`
}

/** What an example sends: required fields, and those that have an example of their own. */
function requestSample(document: OpenApi, schema: SchemaOrRef): Record<string, unknown> {
  const sample = sampleOf(document, schema) as Record<string, unknown>
  const wanted = fieldsOf(document, schema).filter(({ name, required }) => required || sample[name])
  return Object.fromEntries(wanted.map(({ name }) => [name, sample[name]]))
}

/** The objects that calls answer, by name, each told once: what answers name, and what those objects name in turn. */
export function objectsOf(document: OpenApi): string[] {
  const found = new Set<string>()
  const visit = (name: string | undefined) => {
    if (name === undefined || found.has(name)) return
    const fields = fieldsOf(document, { $ref: `#/components/schemas/${name}` })
    if (fields.length === 0) return
    found.add(name)
    const visitAll = (some: Field[]) => {
      for (const { object, fields: inner } of some) {
        visit(object)
        visitAll(inner)
      }
    }
    visitAll(fields)
  }
  for (const item of Object.values(document.paths ?? {})) {
    for (const method of methods) {
      for (const answer of Object.values(item[method]?.responses ?? {})) visit(nameOf(contentOf(answer)?.schema))
    }
  }
  return [...found].sort()
}
