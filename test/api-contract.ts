import { expect } from 'vitest'
import { z } from 'zod'
import type { openApiDocument } from '@/lib/api'
import type { Answer, Call, TestApi } from './api'

type JsonSchema = Record<string, unknown>
interface Media {
  schema: JsonSchema
}
export interface Operation {
  operationId: string
  summary: string
  method: string
  /** Below `/api/v1`, with `{id}` for a parameter. */
  path: string
  security: Record<string, string[]>[]
  parameters: { name: string; in: string }[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, { description: string; content?: Record<string, Media> }>
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

/** The operations of an OpenAPI document. */
export function operationsOf({ paths = {} }: ReturnType<typeof openApiDocument>): Operation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Omit<Operation, 'method' | 'path'>>)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) => ({
        ...operation,
        parameters: operation.parameters ?? [],
        method: method.toUpperCase(),
        path: path.replace('/api/v1', ''),
      })),
  )
}

/** The error codes that an operation documents for a status. */
export function documentedCodes(operation: Operation, status: number): string[] {
  const description = operation.responses[status]?.description ?? ''
  return [...description.matchAll(/`([A-Za-z_:]+)`:/g)].map(([, code]) => `${code}`)
}

/** Compares answers with what an OpenAPI document says of them. */
export class Contract {
  readonly operations: Operation[]
  readonly #schemas: Record<string, JsonSchema>
  readonly #parsers = new Map<JsonSchema, z.ZodType>()

  constructor(document: ReturnType<typeof openApiDocument>) {
    this.operations = operationsOf(document)
    this.#schemas = (document.components?.schemas ?? {}) as Record<string, JsonSchema>
  }

  operation(operationId: string): Operation {
    return this.operations.find((one) => one.operationId === operationId) ?? expect.fail(`no operation ${operationId}`)
  }

  /** Fails unless the operation documents this status, this code and this body, field for field. */
  check(operationId: string, answer: Answer): void {
    checkEveryAnswer(answer)
    const operation = this.operation(operationId)
    const response = operation.responses[answer.status]
    if (!response) expect.fail(`${operationId} does not document ${answer.status}`)
    if (!response.content) {
      // Nothing at all, or what the service behind the proxy says.
      if (!operation.path.includes('/proxy/')) expect(answer.text).toBe('')
      return
    }
    const type = answer.headers.get('content-type') ?? ''
    const { schema } =
      response.content[type] ?? expect.fail(`${operationId} ${answer.status} does not document ${type}`)
    const result = this.#parser(schema).safeParse(answer.body)
    expect(result.error?.issues ?? [], `${operationId} ${answer.status} is not as documented`).toEqual([])
    if (answer.status >= 400) {
      const { code } = answer.body as { code: string }
      expect(documentedCodes(operation, answer.status), `${operationId} ${answer.status}`).toContain(code)
    }
  }

  #parser(schema: JsonSchema): z.ZodType {
    let parser = this.#parsers.get(schema)
    if (!parser) {
      parser = z.fromJSONSchema(this.#closed(schema) as Parameters<typeof z.fromJSONSchema>[0])
      this.#parsers.set(schema, parser)
    }
    return parser
  }

  /** A schema with its references written out that takes no field which it does not name. */
  #closed(schema: JsonSchema): JsonSchema {
    const { $ref, allOf, ...own } = schema
    if (typeof $ref === 'string') {
      const name = $ref.replace('#/components/schemas/', '')
      return this.#closed(this.#schemas[name] ?? expect.fail(`no schema ${name}`))
    }
    if (Array.isArray(allOf)) {
      const parts = [...(allOf as JsonSchema[]), own].map((part) => this.#closed(part))
      return {
        type: 'object',
        properties: Object.assign({}, ...parts.map((part) => part.properties)),
        required: parts.flatMap((part) => (part.required as string[] | undefined) ?? []),
        additionalProperties: false,
      }
    }
    const closed: JsonSchema = { ...own }
    delete closed.example
    delete closed.description
    if (own.items) closed.items = this.#closed(own.items as JsonSchema)
    if (own.properties) {
      closed.properties = Object.fromEntries(
        Object.entries(own.properties).map(([name, part]) => [name, this.#closed(part as JsonSchema)]),
      )
      closed.additionalProperties = false
    }
    return closed
  }
}

/** Calls operations by their names, with a key, and checks that each answer is as documented. */
export function callsOf(api: TestApi, contract: Contract) {
  return async (operationId: string, token: string, { id = '', ...call }: Call & { id?: string } = {}) => {
    const { method, path } = contract.operation(operationId)
    const answer = await api.call(method, path.replace('{id}', id), { token, ...call })
    contract.check(operationId, answer)
    return answer
  }
}

/** What every answer has, whatever it says. */
export function checkEveryAnswer({ status, headers, body, text }: Answer): void {
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/)
  if (status < 400 || text === '') return
  expect(headers.get('content-type')).toBe('application/problem+json')
  const { code, ...problem } = body as Record<string, unknown>
  expect(headers.get('fenicia-error')).toBe(code)
  expect(problem).toMatchObject({
    type: `/docs/api#${String(code).replace(':', '-')}`,
    status,
    requestId: headers.get('x-request-id'),
  })
  // Sentences for people: one full stop at the end, and a beginning.
  expect(problem.detail).toMatch(/^[^\s.].*[^.]\.$/su)
  if (status === 401) expect(headers.get('www-authenticate')).toMatch(/^(Bearer|Basic) realm="Fenicia"/)
}
