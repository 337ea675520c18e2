import { describe, expect, test } from 'vitest'
import { eventsOf, groupsOf, objectsOf } from './operations'
import { type Field, fieldsOf, type OpenApi, readableJson, sampleOf } from './schema'

const document: OpenApi = {
  openapi: '3.1.0',
  info: { title: 'Ships', version: '1' },
  servers: [{ url: 'https://fenicia.example' }],
  tags: [{ name: 'Big ships', description: 'Those that sail.' }],
  components: {
    schemas: {
      Port: { type: 'string', pattern: '^[a-z]+$', example: 'tyre' },
      Ship: {
        type: 'object',
        required: ['id', 'ports'],
        properties: {
          id: { type: 'string', example: 'ship_1' },
          ports: { type: 'array', items: { $ref: '#/components/schemas/Port' } },
          captain: { type: ['object', 'null'], properties: { name: { type: 'string' } }, required: ['name'] },
        },
      },
      NamedShip: {
        allOf: [
          { $ref: '#/components/schemas/Ship' },
          { type: 'object', properties: { name: { type: 'string', default: 'Melqart' } }, required: ['name'] },
        ],
      },
      Problem: { type: 'object', properties: { code: { type: 'string' } } },
    },
  },
  paths: {
    '/ships/{id}': {
      post: {
        operationId: 'sail',
        tags: ['Big ships'],
        summary: 'Sail',
        security: [{ bearer: ['ships:sail'] }, { basic: ['ships:sail'] }],
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'string', example: 'ship_1' } },
          {
            name: 'knots',
            in: 'query',
            description: 'How fast.',
            schema: { type: 'integer', minimum: 1, maximum: 9, default: 3 },
          },
        ],
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['to'],
                properties: {
                  to: { type: 'string', enum: ['tyre', 'gades'] },
                  cargo: { type: ['string', 'null'], default: null, maxLength: 20 },
                  crew: { type: 'array', items: { type: 'integer' }, example: [1, 2] },
                },
              },
            },
          },
        },
        responses: {
          '404': {
            description: '`NO_SHIP`: No such ship. `LOST`: Nobody knows.',
            content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
          },
          '200': {
            description: 'Sailing.',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/NamedShip' } } },
          },
        },
      },
    },
  },
}

const [group] = groupsOf(document)
const [sail] = group?.operations ?? []

function named(fields: Field[] | undefined, name: string): Field | undefined {
  return fields?.find((field) => field.name === name)
}

describe('a call as a reader sees it', () => {
  test('stands in its group, with method, path and the scopes it takes', () => {
    expect(group).toMatchObject({ id: 'big-ships', name: 'Big ships' })
    expect(sail).toMatchObject({ id: 'sail', method: 'POST', path: '/ships/{id}', scopes: ['ships:sail'] })
    expect(sail?.schemes).toEqual(['bearer', 'basic'])
  })

  test('tells parameters apart by place, with limits and defaults', () => {
    expect(sail?.parameters.path.map(({ name }) => name)).toEqual(['id'])
    expect(named(sail?.parameters.query, 'knots')).toMatchObject({
      type: 'integer',
      limits: '1 to 9',
      fallback: '3',
      description: 'How fast.',
      required: false,
    })
  })

  test('tells what the body takes', () => {
    expect(named(sail?.body?.fields, 'to')).toMatchObject({ required: true, values: ['tyre', 'gades'] })
    expect(named(sail?.body?.fields, 'cargo')).toMatchObject({
      type: 'string or null',
      limits: 'at most 20 characters',
      fallback: undefined,
    })
  })

  test('separates answers from errors, whose codes it names', () => {
    expect(sail?.answers).toMatchObject([{ status: '200', object: 'NamedShip' }])
    expect(sail?.errors).toEqual([{ status: '404', codes: ['NO_SHIP', 'LOST'] }])
  })

  test('has a request that fills the path and sends what is required or exemplary', () => {
    expect(sail?.curl).toBe(`curl -X POST https://fenicia.example/ships/ship_1 \\
  -H "Authorization: Bearer $FENICIA_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{
    "to": "tyre",
    "crew": [1, 2]
  }'`)
  })
})

describe('an object', () => {
  test('has the fields of all its parts, and links to what it names', () => {
    const fields = fieldsOf(document, { $ref: '#/components/schemas/NamedShip' })
    expect(fields.map(({ name }) => name)).toEqual(['id', 'ports', 'captain', 'name'])
    expect(named(fields, 'ports')).toMatchObject({ type: 'array of Port', object: 'Port', fields: [] })
    expect(named(fields, 'captain')?.fields.map(({ name }) => name)).toEqual(['name'])
  })

  test('is listed when a call answers it, and only if it has fields', () => {
    expect(objectsOf(document)).toEqual(['NamedShip', 'Problem'])
  })

  test('has a sample that fits it', () => {
    const sample = sampleOf(document, { $ref: '#/components/schemas/NamedShip' })
    expect(sample).toEqual({ id: 'ship_1', ports: ['tyre'], captain: { name: '' }, name: 'Melqart' })
  })

  test('that the document does not have is an error that names it', () => {
    expect(() => fieldsOf(document, { $ref: '#/components/schemas/Boat' })).toThrow('Boat')
  })
})

test('JSON to read keeps lists of plain values on one line', () => {
  expect(readableJson({ a: [1, 2], b: [{ c: [] }] })).toBe(`{
  "a": [1, 2],
  "b": [
    {
      "c": []
    }
  ]
}`)
})

test('events are told with the fields of their data', () => {
  const data = { type: 'object' as const, required: ['ship'], properties: { ship: { type: 'string' as const } } }
  const schema = { type: 'object' as const, properties: { type: { type: 'string' as const }, data } }
  const post = {
    summary: 'A ship has sailed',
    requestBody: { content: { 'application/json': { schema } } },
    responses: {},
  }
  expect(eventsOf({ ...document, webhooks: { 'ship.sailed': { post } } })).toEqual([
    {
      id: 'event-ship.sailed',
      type: 'ship.sailed',
      summary: 'A ship has sailed',
      fields: [expect.objectContaining({ name: 'ship', type: 'string', required: true })],
    },
  ])
  expect(eventsOf(document)).toEqual([])
})
