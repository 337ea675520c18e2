import type { openApiDocument } from '@/lib/api'

export type OpenApi = ReturnType<typeof openApiDocument>
type Components = NonNullable<NonNullable<OpenApi['components']>['schemas']>
export type Schema = Exclude<Components[string], { $ref: string }>
export type SchemaOrRef = Components[string] | { $ref: string }

/** A field of a body, an answer or a query, as it is told to a reader. */
export interface Field {
  name: string
  /** "string", "array of Scope", "ISO 8601 date-time or null". */
  type: string
  required: boolean
  description: string | undefined
  /** The values it may have, when they are few. */
  values: string[]
  /** What it is when it is left out. */
  fallback: string | undefined
  /** "at most 100 characters". */
  limits: string | undefined
  /** The object it refers to, described elsewhere on the page. */
  object: string | undefined
  /** The fields of an object that stands here only. */
  fields: Field[]
}

const REF = '#/components/schemas/'

/** The name of the component that a schema refers to. */
export function nameOf(schema: SchemaOrRef | undefined): string | undefined {
  return schema && '$ref' in schema && typeof schema.$ref === 'string' ? schema.$ref.replace(REF, '') : undefined
}

/** The schema itself, where a reference stands for it. @throws when the document refers to what it does not have */
export function resolve(document: OpenApi, schema: SchemaOrRef): Schema {
  const name = nameOf(schema)
  if (name === undefined) return schema as Schema
  const found = document.components?.schemas?.[name]
  if (!found) throw new Error(`The OpenAPI document refers to “${name}”, which it does not have`)
  return resolve(document, found)
}

/** The fields of an object: those of `allOf` one after the other, of `oneOf` each once. */
export function fieldsOf(document: OpenApi, schemaOrRef: SchemaOrRef): Field[] {
  const schema = resolve(document, schemaOrRef)
  const inherited = (schema.allOf ?? []).flatMap((part) => fieldsOf(document, part))
  const required = new Set(schema.required)
  const own = Object.entries(schema.properties ?? {}).map(([name, property]) =>
    fieldOf(document, name, property, required.has(name)),
  )
  return [...inherited, ...own, ...alternativesOf(document, schema.oneOf ?? schema.anyOf ?? [])]
}

/** The fields of objects of which one is meant, and whose each of them is where not all have it. */
function alternativesOf(document: OpenApi, parts: SchemaOrRef[]): Field[] {
  const objects = parts.map((part) => ({ name: nameOf(part), fields: fieldsOf(document, part) }))
  const names = new Set(objects.flatMap(({ fields }) => fields.map((field) => field.name)))
  return [...names].map((name) => {
    const holders = objects.filter(({ fields }) => fields.some((field) => field.name === name))
    const same = holders.flatMap(({ fields }) => fields.filter((field) => field.name === name))
    const [first] = same as [Field, ...Field[]]
    const isOfAll = holders.length === objects.length
    const owners = holders.flatMap((holder) => holder.name ?? []).join(', ')
    const description = isOfAll || !owners ? first.description : `Of ${owners}. ${first.description ?? ''}`.trim()
    return {
      ...first,
      description,
      required: isOfAll && same.every((field) => field.required),
      values: [...new Set(same.flatMap((field) => field.values))],
      fields: [...new Map(same.flatMap((field) => field.fields).map((field) => [field.name, field])).values()],
    }
  })
}

/** One field, from its schema. */
export function fieldOf(document: OpenApi, name: string, schemaOrRef: SchemaOrRef, required: boolean): Field {
  const object = nameOf(schemaOrRef)
  const schema = resolve(document, schemaOrRef)
  const values = (schema.enum ?? []).filter((value) => value !== null).map(String)
  const inner = typesOf(schema).includes('array') ? schema.items : schemaOrRef
  const elsewhere = inner && nameOf(inner)
  return {
    name,
    type: typeWords(document, schemaOrRef),
    required,
    description: schema.description,
    values,
    fallback: schema.default === undefined || schema.default === null ? undefined : JSON.stringify(schema.default),
    limits: limitWords(schema),
    object: object ?? elsewhere,
    fields: inner && !elsewhere ? fieldsOf(document, inner) : [],
  }
}

function typesOf(schema: Schema): string[] {
  return [schema.type ?? []].flat()
}

function typeWords(document: OpenApi, schemaOrRef: SchemaOrRef): string {
  const name = nameOf(schemaOrRef)
  if (name) return name
  const schema = resolve(document, schemaOrRef)
  const words = typesOf(schema).map((type) => {
    if (type === 'array' && schema.items) return `array of ${typeWords(document, schema.items)}`
    if (type === 'string' && schema.format === 'date-time') return 'date-time'
    return type
  })
  return words.join(' or ') || 'object'
}

function limitWords({ minLength, maxLength, minimum, maximum, minItems, maxItems }: Schema): string | undefined {
  const words = [
    range(minLength, maxLength, 'characters'),
    range(minimum, maximum, ''),
    range(minItems, maxItems, 'items'),
  ].filter((word) => word !== undefined)
  return words.join(', ') || undefined
}

function range(least: number | undefined, most: number | undefined, unit: string): string | undefined {
  if (least === undefined && most === undefined) return undefined
  if (least === undefined) return `at most ${most} ${unit}`.trim()
  if (most === undefined) return `at least ${least} ${unit}`.trim()
  return `${least} to ${most} ${unit}`.trim()
}

/** A value that fits the schema: its example, its default, its first choice, or the plainest of its type. */
export function sampleOf(document: OpenApi, schemaOrRef: SchemaOrRef): unknown {
  const schema = resolve(document, schemaOrRef)
  const [example = schema.example] = schema.examples ?? []
  if (example !== undefined) return example
  if (schema.default !== undefined && schema.default !== null) return schema.default
  if (schema.enum) return schema.enum[0]
  const [alternative] = schema.oneOf ?? schema.anyOf ?? []
  if (alternative) return sampleOf(document, alternative)
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => sampleOf(document, part)))
  const [type] = typesOf(schema)
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, property]) => [name, sampleOf(document, property)]),
      )
    case 'array':
      return schema.items ? [sampleOf(document, schema.items)] : []
    case 'integer':
    case 'number':
      return schema.minimum ?? 0
    case 'boolean':
      return false
    default:
      return typesOf(schema).includes('null') ? null : ''
  }
}

/** JSON to read: two spaces, and lists of plain values on one line. */
export function readableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(/\[[^[\]{}]*\]/g, (list) =>
    list
      .replaceAll(/\s*\n\s*/g, ' ')
      .replace('[ ', '[')
      .replace(' ]', ']'),
  )
}
