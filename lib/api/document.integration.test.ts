import { readFile } from 'node:fs/promises'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { afterAll, describe, expect, it } from 'vitest'
import { startTestApi } from '@/test/api'
import { checkEveryAnswer, documentedCodes, operationsOf } from '@/test/api-contract'
import { permissions } from '../accounts/permissions'
import { isScope } from '../api-keys'
import { webhookTypes } from '../webhooks'
import { openApiDocument } from './index'
import { type ProblemCode, problemCodes } from './problems'

// The OpenAPI document: that it is one, that nothing in it is missing, and nothing in it is made up.

const PUBLIC_URL = 'https://fenicia.example.org'
const api = await startTestApi({ FENICIA_LOG_LEVEL: 'error', FENICIA_URL: PUBLIC_URL })
afterAll(() => api.stop())

const document = openApiDocument()
const operations = operationsOf(document)
const every = describe.each(operations.map((operation) => [operation.operationId, operation] as const))

it('is answered to everybody, as OpenAPI 3.1, with the address of this server', async () => {
  const answer = await api.call('GET', '/openapi.json')
  expect(answer.status).toBe(200)
  checkEveryAnswer(answer)
  expect(answer.headers.get('content-type')).toBe('application/json')
  expect(answer.body).toEqual(JSON.parse(JSON.stringify(document)))
  expect(answer.body).toMatchObject({ openapi: '3.1.0', servers: [{ url: PUBLIC_URL }] })
})

it('lints without an error or a warning', async () => {
  const config = await createConfig({ extends: ['recommended'] })
  const problems = await lintFromString({ source: JSON.stringify(document), config })
  expect(
    problems.map(({ severity, ruleId, message, location }) => [severity, ruleId, message, location[0]?.pointer]),
  ).toEqual([])
})

it('would be found wanting by the linter', async () => {
  const config = await createConfig({ extends: ['recommended'] })
  const source = JSON.stringify({ ...document, info: { title: 'x' }, servers: [{ url: 'http://localhost:3000/' }] })
  const rules = (await lintFromString({ source, config })).map(({ ruleId }) => ruleId)
  expect(rules).toEqual(
    expect.arrayContaining(['struct', 'info-license', 'no-server-example.com', 'no-server-trailing-slash']),
  )
})

it('gives every operation a name of its own', () => {
  const names = operations.map(({ operationId }) => operationId)
  expect(new Set(names).size).toBe(names.length)
  expect(names).not.toContain(undefined)
})

/** What anybody may call: the token that they report is all that they need. */
const OPEN = new Set(['reportLeaks'])

every('%s', (operationId, { method, responses, requestBody, security, summary, parameters, path }) => {
  it('says what it does and who may call it', () => {
    expect(summary).toMatch(/^\p{Lu}.*[^.]$/u)
    if (OPEN.has(operationId)) expect(security).toEqual([])
    else expect(security.length).toBeGreaterThan(0)
    for (const requirement of security) {
      const [scheme, scopes = []] = Object.entries(requirement)[0] ?? []
      expect(Object.keys(document.components?.securitySchemes ?? {})).toContain(scheme)
      for (const scope of scopes)
        expect([isScope(scope), permissions as readonly string[]]).toEqual([true, expect.arrayContaining([scope])])
    }
  })

  it('tells of every refusal that any call of its kind may meet', () => {
    const told = Object.keys(responses).flatMap((status) => documentedCodes({ responses } as never, Number(status)))
    const common: ProblemCode[] = ['TOKEN_IN_URL', 'INTERNAL_ERROR', 'SERVICE_UNAVAILABLE']
    const ofKey: ProblemCode[] = OPEN.has(operationId)
      ? []
      : ['MISSING_AUTHORIZATION', 'INVALID_AUTHORIZATION_FORMAT', 'INVALID_API_KEY']
    const ofScope: ProblemCode[] =
      Object.values(security[0] ?? {}).flat().length > 0 ? ['INSUFFICIENT_PERMISSIONS'] : []
    const ofBody: ProblemCode[] = requestBody
      ? ['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'validation:invalid_format', 'validation:missing_field']
      : []
    const ofPath: ProblemCode[] = path.includes('{id}') ? ['NOT_FOUND'] : []
    const ofQuery: ProblemCode[] = parameters.some((one) => one.in === 'query')
      ? ['validation:unknown_field', 'validation:invalid_value', 'validation:invalid_format']
      : []
    expect(told).toEqual(expect.arrayContaining([...common, ...ofKey, ...ofScope, ...ofBody, ...ofPath, ...ofQuery]))
  })

  it('names codes that exist, each under its own status', () => {
    for (const status of Object.keys(responses)) {
      for (const code of documentedCodes({ responses } as never, Number(status))) {
        expect([code, problemCodes[code as ProblemCode]?.status]).toEqual([code, Number(status)])
      }
    }
  })

  it('answers what it makes with 201, what it reads with 200, and what it takes away with 204', () => {
    const good = Object.keys(responses).filter((status) => status < '300')
    expect(good).toHaveLength(1)
    // What disconnecting came to at the provider is worth an answer.
    const takesAway = /\/proxy\/|\/connection$/.test(path) ? ['200'] : ['204']
    expect({ GET: ['200'], DELETE: takesAway }[method] ?? ['200', '201']).toContain(good[0])
  })
})

it('tells of every code somewhere', () => {
  const told = new Set(
    operations.flatMap((operation) =>
      Object.keys(operation.responses).flatMap((status) => documentedCodes(operation, Number(status))),
    ),
  )
  expect(Object.keys(problemCodes).filter((code) => !told.has(code))).toEqual([])
})

it('says of every type of event what a webhook is sent', () => {
  expect(Object.keys(document.webhooks ?? {})).toEqual(Object.keys(webhookTypes))
  const body = document.webhooks?.['key.expiring'] as unknown as { post: { requestBody: unknown } }
  expect(body.post.requestBody).toMatchObject({
    content: {
      'application/json': {
        schema: {
          properties: {
            type: { enum: ['key.expiring'] },
            data: { required: ['id', 'name', 'environment', 'expires_at', 'days_left'] },
          },
        },
      },
    },
  })
})

it('is not alone in telling of every refusal that a call through an integration may meet: the guide does as well', async () => {
  const [, table = ''] = (await readFile('docs/credentials.md', 'utf8')).split('### What Fenicia itself answers')
  const [guide = ''] = table.split('\n## ')
  const call = operations.find(({ operationId }) => operationId === 'proxyPost') as (typeof operations)[number]
  const codes = Object.keys(call.responses).flatMap((status) => documentedCodes(call, Number(status)))
  expect(codes.filter((code) => !guide.includes(`\`${code}\``))).toEqual([])
})

it('says of a signing secret that it is shown once', () => {
  const issued = JSON.stringify(document.components?.schemas?.IssuedWebhook)
  expect(issued).toMatch(/"secret":\{[^}]*shown once/i)
})

it('says of a token that it is shown once', () => {
  const issued = JSON.stringify(document.components?.schemas?.IssuedApiKey)
  expect(issued).toMatch(/"token":\{[^}]*shown (only )?once/i)
})
