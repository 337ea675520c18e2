import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, runProduct, test } from './fixtures'
import { OWNER } from './people'
import { beginSession, type Caller, digestOf, missingIds, seedCallers, seedThings } from './permissions/people'
import { actions, handlers, type Ids, pages, type Rule } from './permissions/rules'
import { admin } from './product'

// Who may open and do what: every page, route handler and server action that the product has, by whoever there can be. The lists
// are the product's own, so that what is new and has no rule fails.

const OTHER = 'elissa@example.com'

const product = runProduct('account', {}, async (place) => {
  const args = ['create-account', '--name', 'Tyre Trade', '--email', OTHER, '--password-stdin']
  expect((await admin(place, args, OWNER.password)).code).toBe(0)
})

let callers: Caller[]
let mine: { accountId: string; ids: Ids }
let theirs: { accountId: string; ids: Ids }
/** By the caller's name, a session in which the password was given over an hour ago: what is sensitive is let through no further. */
let cookies: Map<string, string>

test.beforeAll(async () => {
  const { place, url } = product
  await place.withDatabase(async (query) => {
    mine = await seedThings(place, query, url, OWNER.email)
    theirs = await seedThings(place, query, url, OTHER)
    callers = await seedCallers(query, mine.accountId)
    cookies = new Map()
    for (const { name, userId } of callers) {
      cookies.set(
        name,
        await beginSession(place, query, { userId, accountId: mine.accountId, passwordAgeMinutes: 120 }),
      )
    }
  })
})

type Outcome = 'let in' | 'sign in' | 'forbidden' | 'missing' | 'failed'

/** What an answer came to. A page that is written as it is made can say so in its text only. */
async function outcomeOf(response: Response): Promise<Outcome> {
  const text = await response.text()
  const location = response.headers.get('location') ?? ''
  if (response.status === 401 || new URL(location, 'http://x').pathname === '/sign-in') return 'sign in'
  if (/not_signed_in|You are no longer signed in/.test(text)) return 'sign in'
  if (response.status === 403 || text.includes('NEXT_HTTP_ERROR_FALLBACK;403')) return 'forbidden'
  if (/"code":"forbidden"|does not allow this\./.test(text)) return 'forbidden'
  if (response.status === 404 || text.includes('NEXT_HTTP_ERROR_FALLBACK;404')) return 'missing'
  return response.status < 500 ? 'let in' : 'failed'
}

/** What a rule says that becomes of somebody; null: nobody is signed in. */
function expected({ who, isStep }: Rule, caller: Caller | null): Outcome {
  if (isStep && !caller) return 'sign in'
  if (who === 'anybody') return 'let in'
  if (!caller) return 'sign in'
  if (who === 'person') return 'let in'
  return [who].flat().some((permission) => caller.permissions.includes(permission)) ? 'let in' : 'forbidden'
}

/**
 * Those who tell most about a rule: nobody, each of Fenicia's roles, and of the account's own roles the one that has nothing
 * but what it takes, and the one that has everything but that.
 */
function callersFor({ who }: Rule): (Caller | null)[] {
  const own = [who]
    .flat()
    .flatMap((one) => (one === 'anybody' || one === 'person' ? [] : [`only ${one}`, `all but ${one}`]))
  // Something that is of use for nothing of theirs.
  if (typeof who !== 'string' || own.length === 0) own.push('only audit:read')
  return [null, ...callers.filter(({ name }) => !name.includes(' ') || own.includes(name))]
}

function cookieOf(caller: Caller | null): Record<string, string> {
  return caller ? { cookie: cookies.get(caller.name) ?? '' } : {}
}

const addressOf = (path: string, { id }: Rule, ids: Ids) =>
  product.url + path.replace(/\[+[^\]]*\]+/, id === undefined ? 'x' : ids[id])

/** Compares what becomes of everybody with the rules, and names all that differ. */
async function compare(
  rules: Record<string, Rule>,
  ask: (name: string, rule: Rule, caller: Caller | null) => Promise<Outcome>,
): Promise<void> {
  const wrong: string[] = []
  for (const [name, rule] of Object.entries(rules)) {
    await Promise.all(
      callersFor(rule).map(async (caller) => {
        const [found, wanted] = [await ask(name, rule, caller), expected(rule, caller)]
        if (found !== wanted) wrong.push(`${name} for ${caller?.name ?? 'nobody'}: ${found}, and not ${wanted}`)
      }),
    )
  }
  expect(wrong.sort()).toEqual([])
}

/** The folders in `app` that have such a file, as addresses. */
function routes(file: string): string[] {
  return (readdirSync('app', { recursive: true }) as string[])
    .map((path) => `/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith(`/${file}`))
    .map((path) => path.slice(0, -file.length - 1) || '/')
    .sort()
}

/** What the built server lets a browser call: by module and name, its id and a page that carries it. */
function builtActions() {
  const manifest = JSON.parse(readFileSync('.next/server/server-reference-manifest.json', 'utf8')) as {
    node: Record<string, { workers: Record<string, unknown>; filename: string; exportedName: string }>
  }
  return Object.entries(manifest.node).map(([id, { workers, filename, exportedName }]) => ({
    id,
    filename,
    exportedName,
    page: Object.keys(workers).sort((a, b) => Number(a.includes('[')) - Number(b.includes('[')))[0] ?? '',
  }))
}

type Built = ReturnType<typeof builtActions>[number]

/** Calls an action as a browser does. */
function callAction({ id, page }: Built, cookie: Record<string, string>, given: unknown[], isForm = false) {
  const path =
    page
      .replace(/^app/, '')
      .replace(/\/page$/, '')
      .replace(/\[+[^\]]*\]+/, 'x') || '/'
  const body = isForm ? new FormData() : JSON.stringify(given)
  if (body instanceof FormData) {
    body.set('1_none', '')
    body.set('0', '[{"errors":{},"values":{}},"$K1"]')
  }
  return fetch(product.url + path, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      ...cookie,
      'next-action': id,
      origin: product.url,
      accept: 'text/x-component',
      ...(isForm ? {} : { 'content-type': 'text/plain;charset=UTF-8' }),
    },
    body,
  })
}

test('every page and route handler has a rule, and every server action', () => {
  expect(routes('page.tsx')).toEqual(Object.keys(pages).sort())
  expect(routes('route.ts')).toEqual(Object.keys(handlers).sort())
  for (const [path, { methods }] of Object.entries(handlers)) {
    const source = readFileSync(join('app', path, 'route.ts'), 'utf8')
    const exported = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'].filter((method) =>
      new RegExp(`export[^;=(]*\\b${method}\\b`).test(source),
    )
    expect([path, exported]).toEqual([path, methods])
  }
  const named = (list: { filename: string; exportedName: string }[]) =>
    list.map(({ filename, exportedName }) => `${filename} ${exportedName}`).sort()
  const ruled = Object.entries(actions).flatMap(([filename, rules]) =>
    Object.keys(rules).map((exportedName) => ({ filename, exportedName })),
  )
  expect(named(builtActions())).toEqual(named(ruled))
})

test('pages are shown to those who may see them, and to nobody else', async () => {
  await compare(pages, async (path, rule, caller) =>
    outcomeOf(await fetch(addressOf(path, rule, mine.ids), { headers: cookieOf(caller), redirect: 'manual' })),
  )
})

test('route handlers answer those who may ask, and nobody else', async () => {
  const personal = Object.entries(handlers).filter(([, { who }]) => who !== 'anybody')
  await compare(Object.fromEntries(personal), async (path, rule, caller) => {
    const [method] = handlers[path]?.methods ?? []
    const body = method === 'POST' ? JSON.stringify({ credential_id: null }) : undefined
    const headers = { ...cookieOf(caller), origin: product.url }
    const outcome = await outcomeOf(
      await fetch(addressOf(path, rule, mine.ids), { method, headers, body, redirect: 'manual' }),
    )
    // A consent is its person's alone, so that nobody of these has one.
    return rule.id === 'consent' && outcome === 'missing' ? 'let in' : outcome
  })
})

/** The actions whose rule is of this kind, by module and name. */
function actionsFor(isOf: (rule: Rule) => boolean) {
  const built = new Map(builtActions().map((one) => [`${one.filename} ${one.exportedName}`, one]))
  const rules: Record<string, Rule> = {}
  for (const [name, { filename, exportedName }] of built) {
    const rule = actions[filename]?.[exportedName]
    if (rule && isOf(rule)) rules[name] = rule
  }
  /** Calls one with nothing that makes sense: who may ask gets as far as to be told so. */
  const call = async (name: string, rule: Rule, cookie: Record<string, string>) =>
    outcomeOf(await callAction(built.get(name) as Built, cookie, [null, null, null], rule.form))
  return { rules, call }
}

test('server actions are done for those who may ask, and for nobody else', async () => {
  const { rules, call } = actionsFor(({ who }) => who !== 'anybody' && who !== 'person')
  await compare(rules, (name, rule, caller) => call(name, rule, cookieOf(caller)))
})

test('what people do to themselves is done for whoever is signed in, and for nobody else', async () => {
  const { rules, call } = actionsFor(({ who }) => who === 'person')
  await product.place.withDatabase((query) => {
    // One after the other: a connection does one thing at a time.
    let last = Promise.resolve('')
    return compare(rules, async (name, rule, caller) => {
      if (!caller) return call(name, rule, {})
      // Some end all sessions of the person, so that each has one of its own.
      const session = { userId: caller.userId, accountId: mine.accountId, passwordAgeMinutes: 120 }
      last = last.then(() => beginSession(product.place, query, session))
      return call(name, rule, { cookie: await last })
    })
  })
})

test('what belongs to another account is answered for as what does not exist, and stays as it is', async () => {
  const { place } = product
  const none = missingIds(theirs.ids)
  await place.withDatabase(async (query) => {
    const owner = callers[0] as Caller
    const session = { userId: owner.userId, accountId: mine.accountId, passwordAgeMinutes: 0 }
    const headers = { cookie: await beginSession(place, query, session) }
    const before = await digestOf(query, theirs.accountId)

    for (const [path, rule] of Object.entries({ ...pages, ...handlers })) {
      if (rule.id === undefined) continue
      for (const ids of [theirs.ids, none]) {
        const response = await fetch(addressOf(path, rule, ids), { headers, redirect: 'manual' })
        expect([path, await outcomeOf(response)]).toEqual([path, 'missing'])
      }
    }
    const done: string[] = []
    for (const action of builtActions()) {
      const given = actions[action.filename]?.[action.exportedName]?.given
      if (!given) continue
      const [foreign, missing] = [
        await callAction(action, headers, given(theirs.ids)),
        await callAction(action, headers, given(none)),
      ]
      // The page that comes with it has nonces.
      const told = async (response: Response) =>
        /^1:(.*)$/m.exec(await response.text())?.[1]?.replaceAll(/\b[a-z]+_[0-9a-f]{32}\b/g, 'an id')
      const answer = await told(foreign)
      expect([action.exportedName, answer]).toEqual([action.exportedName, await told(missing)])
      if (answer?.includes('"ok":true')) done.push(action.exportedName)
      // Refused for what it names, and not for how it was asked.
      else
        expect([action.exportedName, answer]).toEqual([
          action.exportedName,
          expect.stringMatching(/no such|not known|not open|None of these/),
        ])
    }
    // These end what there may be of something, or take many and pass over those that are none.
    expect(done.sort()).toEqual(['lookAtMadeAction', 'markLeakHandled', 'revokeKeys'])
    await expect
      .poll(() =>
        query(`select 1 from bulk_revocations where account_id = $1 and finished_at is null`, [mine.accountId]),
      )
      .toEqual([])
    expect(await digestOf(query, theirs.accountId)).toEqual(before)
  })
})
