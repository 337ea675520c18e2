import { describe, expect, it } from 'vitest'
import { isRefusal } from '../errors'
import { parseInput } from '../input'
import { type SchemaCase, schemaCases } from './schema-cases'
import { credentialForm } from './schemas'

const isSchemas = ({ refused, isDomains }: SchemaCase) => refused !== undefined && !isDomains

describe('the schema of a credential', () => {
  it('has a table of cases, each named once', () => {
    expect(schemaCases.length).toBeGreaterThan(90)
    expect(new Set(schemaCases.map(({ what }) => what)).size).toBe(schemaCases.length)
  })

  it.each(schemaCases.filter((row) => !isSchemas(row)))('takes $what', ({ form, becomes = {} }) => {
    expect(parseInput(credentialForm, form)).toMatchObject(becomes)
  })

  it.each(schemaCases.filter(isSchemas))('refuses $what', ({ form, refused }) => {
    const result = refusalOf(form)
    const found = result.fields.find(({ field }) => field === refused?.field)
    expect(found, JSON.stringify(result.fields)).toMatchObject({ code: refused?.code })
    expect(found?.message).toMatch(refused?.says as RegExp)
    for (const secret of textsIn(form.secret)) expect(result.message).not.toContain(secret)
  })
})

function refusalOf(form: unknown) {
  try {
    parseInput(credentialForm, form)
  } catch (error) {
    if (isRefusal(error)) return error
    throw error
  }
  return expect.fail('was taken')
}

/** What was typed as a secret, as far as it is long enough to be told from chance. */
function textsIn(secret: unknown): string[] {
  const values = typeof secret === 'object' && secret !== null ? Object.values(secret) : []
  return values.filter((text): text is string => typeof text === 'string' && text.length >= 6)
}
