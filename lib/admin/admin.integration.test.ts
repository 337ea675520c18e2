import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type OpenDatabase, openDatabase } from '@/db/client'
import { accounts, apiKeys, authenticators, members, passkeys, users, vaultItems } from '@/db/schema'
import { createTestDatabase, DRIVERS, type TestDatabase } from '@/test/databases'
import { auditLog, PASSWORD, signInOnce } from '@/test/people'
import { useRuntime } from '@/test/runtime'
import { Secret } from '../vault'
import { MasterKeys } from '../vault/master-keys'
import { Vault } from '../vault/vault'
import { runAdmin } from './index'

let source: TestDatabase
afterEach(() => source?.drop())

/** The environment that leads to the test's database. */
function environment(): Record<string, string> {
  const { config } = source
  if (config.driver === 'pglite') return { FENICIA_DATA: config.folder }
  return {
    DATABASE_URL: config.url,
    FENICIA_DATABASE_DRIVER: config.driver,
    AUTH_SECRET: 'only-for-tests-only-for-tests-only-for-tests',
    FENICIA_MASTER_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
    ...(config.neonProxy ? { NEON_WS_PROXY: config.neonProxy } : {}),
  }
}

async function admin(args: string[], input: string | Buffer[] = '', env = environment()) {
  let stdout = ''
  let stderr = ''
  const code = await runAdmin(args, {
    stdin: Readable.from(typeof input !== 'string' ? input : input === '' ? [] : [Buffer.from(input)]),
    stdout: async (text) => {
      stdout += text
    },
    stderr: (text) => {
      stderr += text
    },
    env,
  })
  return { code, stdout, stderr }
}

/** Looks into the database between two commands. */
async function look<T>(work: (database: OpenDatabase) => Promise<T>): Promise<T> {
  const database = await openDatabase(source.config)
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

const ACCOUNT = ['create-account', '--name', 'Cedar & Murex', '--email', 'Hanna@example.com', '--password-stdin']
const KEY = ['create-key', '--email', 'hanna@example.com', '--name', 'Sync', '--scopes', 'orders:read, products:*']

describe.each(DRIVERS)('the operator’s command line (%s)', (driver) => {
  it('makes an account whose owner can sign in, and a key, whose token is all that it writes', async () => {
    source = await createTestDatabase(driver)
    const { code, stdout, stderr } = await admin([...ACCOUNT, '--person', 'Hanna Barca'], `${PASSWORD}\n`)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^Created the account Cedar & Murex \(acc_\w+\), owned by hanna@example\.com\.\n$/)
    const made = await admin([...KEY, '--environment', 'test', '--expires', '90d'])
    expect([made.code, made.stderr]).toEqual([0, ''])
    expect(made.stdout).toMatch(/^fn_test_[0-9A-Za-z]{38}\n$/)
    await look(async (database) => {
      const { db } = database
      useRuntime(database)
      expect(await db.select().from(users)).toMatchObject([{ name: 'Hanna Barca' }])
      const { accountId } = await signInOnce(db, { email: 'hanna@example.com', password: PASSWORD })
      const created = (await auditLog(db, accountId)).find(({ action }) => action === 'account.created')
      expect(created).toMatchObject({ actorKind: 'operator' })
      const [key] = await db.select().from(apiKeys)
      expect(key).toMatchObject({
        name: 'Sync',
        environment: 'test',
        scopes: ['orders:read', 'products:*'],
        createdByKind: 'operator',
      })
      const days = ((key?.expiresAt?.getTime() ?? 0) - Date.now()) / 86_400_000
      expect(days).toBeGreaterThan(89.9)
      expect(days).toBeLessThanOrEqual(90)
      expect(JSON.stringify(key)).not.toContain(made.stdout.trim())
    })
  })
})

describe('the operator’s command line, whatever the database', () => {
  beforeEach(async () => {
    source = await createTestDatabase('pg')
  })

  it('says beside the answer when a newer version has migrated the database', async () => {
    expect((await admin(ACCOUNT, PASSWORD)).stderr).toBe('')
    await look(({ db }) => db.execute(sql`update drizzle.__drizzle_migrations set created_at = created_at + 1000`))
    const { code, stdout, stderr } = await admin(KEY)
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^fn_live_\w+\n$/)])
    expect(stderr).toMatch(/^warning: A newer version of Fenicia has migrated this database\. .+\n$/)
    const asJson = await admin(['--json', ...KEY, '--name', 'Another'])
    expect(JSON.parse(asJson.stderr)).toEqual({
      warning: { code: 'newer_database', message: expect.stringMatching(/^A newer version of Fenicia/) },
    })
  })

  it('answers as JSON', async () => {
    const account = JSON.parse((await admin([...ACCOUNT, '--json'], PASSWORD)).stdout)
    expect(account).toEqual({
      account: { id: expect.stringMatching(/^acc_/), name: 'Cedar & Murex' },
      owner: { id: expect.stringMatching(/^usr_/), email: 'hanna@example.com' },
    })
    const key = JSON.parse((await admin(['--json', ...KEY])).stdout)
    expect(key).toEqual({
      id: expect.stringMatching(/^key_/),
      account_id: account.account.id,
      name: 'Sync',
      environment: 'live',
      scopes: ['orders:read', 'products:*'],
      integrations: null,
      expires_at: null,
      rate: { requests: 100, seconds: 60 },
      monthly_quota: null,
      addresses: null,
      methods: null,
      token: expect.stringMatching(/^fn_live_/),
    })
    const list = JSON.parse((await admin(['list', '--json'])).stdout)
    expect(list).toEqual([
      {
        id: account.account.id,
        name: 'Cedar & Murex',
        created_at: expect.stringMatching(/^\d{4}-.*Z$/),
        members: [{ id: account.owner.id, name: 'Hanna', email: 'hanna@example.com', role: 'owner' }],
        accepted_keys: 1,
      },
    ])
    const refused = await admin([...KEY, '--json'])
    expect([refused.code, refused.stdout]).toEqual([1, ''])
    expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: 'invalid', fields: [{ option: '--name' }] } })
    const easy = await admin(
      ['reset-password', '--email', 'hanna@example.com', '--password-stdin', '--json'],
      'aaaaaaaaaaaa',
    )
    const [{ option, message: rule }] = JSON.parse(easy.stderr).error.fields
    expect([option, rule]).toEqual(['the password', expect.stringMatching(/^is too easy/)])
    expect(JSON.parse(easy.stderr).error.message).toBe(`${option} ${rule}`)
    const usage = await admin(['create-key', '--json'])
    expect([usage.code, usage.stdout]).toEqual([2, ''])
    expect(JSON.parse(usage.stderr)).toMatchObject({ error: { code: 'usage' } })
  })

  it('lists accounts with their members', async () => {
    expect((await admin(['list'])).stdout).toBe('There is no account yet.\n')
    await admin([...ACCOUNT, '--person', 'Hanna Barca'], PASSWORD)
    await admin(KEY)
    expect((await admin(['list'])).stdout).toMatch(
      /^Cedar & Murex \(acc_\w+\), 1 API key in use\n {2}owner {3}hanna@example\.com \(Hanna Barca\)\n$/,
    )
  })

  it('sets a new password', async () => {
    await admin(ACCOUNT, PASSWORD)
    const { code, stdout } = await admin(
      ['reset-password', '--email', 'HANNA@example.com', '--password-stdin'],
      'new-purple-ships-10\r\n',
    )
    expect([code, stdout]).toEqual([0, 'Set a new password for hanna@example.com, who is signed out everywhere.\n'])
    await look(async (database) => {
      useRuntime(database)
      await signInOnce(database.db, { email: 'hanna@example.com', password: 'new-purple-ships-10' })
    })
  })

  it('takes a password as it was typed, in whatever pieces it comes, and none that is not UTF-8', async () => {
    await admin(ACCOUNT, PASSWORD)
    const reset = ['reset-password', '--email', 'hanna@example.com', '--password-stdin']
    const password = 'ñandú-señor-España-10'
    const pieces = [...Buffer.from(password)].map((byte) => Buffer.from([byte]))
    expect(await admin(reset, pieces)).toMatchObject({ code: 0, stderr: '' })
    const latin1 = await admin(reset, [Buffer.from(`${password}1`, 'latin1')])
    expect([latin1.code, latin1.stderr]).toEqual([2, expect.stringContaining('UTF-8')])
    await look(async (database) => {
      useRuntime(database)
      await signInOnce(database.db, { email: 'hanna@example.com', password })
    })
  })

  it('takes second factors away, and says how many', async () => {
    await admin(ACCOUNT, PASSWORD)
    const none = await admin(['reset-second-factor', '--email', 'hanna@example.com'])
    expect([none.code, none.stdout]).toEqual([
      0,
      'hanna@example.com had no second factor; they are signed out everywhere.\n',
    ])
    await look(async (database) => {
      const [user] = await database.db.select().from(users)
      const userId = user?.id ?? ''
      const key = { credentialId: 'c', publicKey: 'p', counter: 0, transports: [], backedUp: false }
      await database.db.insert(passkeys).values({ id: 'psk_1', userId, name: 'Laptop', ...key })
    })
    const json = await admin(['reset-second-factor', '--email', 'HANNA@example.com', '--json'])
    expect([json.code, JSON.parse(json.stdout)]).toEqual([
      0,
      { email: 'hanna@example.com', removed: 1, sessions_ended: true },
    ])
    await look(async ({ db }) => expect(await db.$count(passkeys)).toBe(0))
    const unknown = await admin(['reset-second-factor', '--email', 'x@example.com'])
    expect([unknown.code, unknown.stderr]).toEqual([1, 'error: Nobody has the e-mail address x@example.com.\n'])
    expect((await admin(['reset-second-factor'])).code).toBe(2)
  })

  it('refuses what is there already with 1, and changes nothing', async () => {
    await admin(ACCOUNT, PASSWORD)
    await admin(KEY)
    const account = await admin(ACCOUNT, PASSWORD)
    expect(account).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^error: --email: Somebody/) })
    const key = await admin(KEY)
    expect(key).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^error: --name: An active key/) })
    const counts = await look(async ({ db }) => [await db.$count(accounts), await db.$count(apiKeys)])
    expect(counts).toEqual([1, 1])
  })

  it('asks which account is meant when a person is a member of several', async () => {
    const first = JSON.parse((await admin([...ACCOUNT, '--json'], PASSWORD)).stdout)
    const second = JSON.parse(
      (
        await admin(
          ['create-account', '--name', 'B', '--email', 'b@example.com', '--password-stdin', '--json'],
          PASSWORD,
        )
      ).stdout,
    )
    await look(({ db }) =>
      db.insert(members).values({ accountId: second.account.id, userId: first.owner.id, role: 'staff' }),
    )
    const unclear = await admin(KEY)
    expect(unclear.code).toBe(1)
    expect(unclear.stderr).toContain('--account')
    expect(unclear.stderr).toContain(second.account.id)
    expect((await admin([...KEY, '--account', second.account.id])).code).toBe(0)
    expect((await admin([...KEY, '--account', 'acc_0'])).code).toBe(1)
  })

  it('says so when the database does not answer, without its password', async () => {
    const nowhere = { ...environment(), DATABASE_URL: 'postgres://user:hidden@127.0.0.1:1/none' }
    const { code, stdout, stderr } = await admin(['list'], '', nowhere)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^error: The database does not answer: /)
    expect(stderr).not.toContain('hidden')
  })
})

describe('the operator’s command line refuses, and writes nothing of', () => {
  let nothing: TestDatabase
  beforeAll(async () => {
    nothing = await createTestDatabase('pg')
  })
  beforeEach(() => {
    source = { ...nothing, drop: async () => {} }
  })
  afterAll(() => nothing.drop())

  it.each<[what: string, args: string[], input: string, stderr: RegExp]>([
    ['a short password', [...ACCOUNT], 'short', /^error: the password must be 12 characters or more\n$/],
    [
      'an e-mail address that is none',
      [...ACCOUNT, '--email', 'hanna'],
      PASSWORD,
      /^error: --email must be an e-mail address/,
    ],
    ['an empty name', [...ACCOUNT, '--name', ' '], PASSWORD, /^error: --name must not be empty\n$/],
    ['somebody who is not there', KEY, '', /^error: Nobody has the e-mail address hanna@example\.com\.\n$/],
    [
      'a scope that is none',
      [...KEY, '--scopes', 'orders:read,orders:fly'],
      '',
      /^error: --scopes, item 2, is not a scope/,
    ],
    ['a third environment', [...KEY, '--environment', 'prod'], '', /^error: --environment must be "live" or "test"\n$/],
    ['a past expiry', [...KEY, '--expires', '2020-01-01'], '', /^error: --expires must be in the future\n$/],
    [
      'a rate of nothing',
      [...KEY, '--rate', '0/0'],
      '',
      /^error: the requests of --rate must be .* 1,000,000\nerror: the seconds of --rate must be .* 86,400\n$/,
    ],
    [
      'a password for nobody',
      ['reset-password', '--email', 'x@example.com', '--password-stdin'],
      PASSWORD,
      /^error: Nobody has/,
    ],
  ])('%s with 1, naming the option and the rule', async (_, args, input, stderr) => {
    expect(await admin(args, input)).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(stderr) })
    expect(await look(({ db }) => db.$count(accounts))).toBe(0)
  })
})

describe('the operator’s command line, of the audit log', () => {
  let folder: string
  let account: string
  beforeEach(async () => {
    source = await createTestDatabase('pg')
    folder = await mkdtemp(join(tmpdir(), 'fenicia-test-'))
    account = JSON.parse((await admin([...ACCOUNT, '--json'], PASSWORD)).stdout).account.id
    await admin(KEY)
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const spoil = () =>
    look(({ db }) =>
      db.transaction(async (tx) => {
        await tx.execute(sql`set local session_replication_role = replica`)
        await tx.execute(sql`update audit_events set actor_name = 'Nobody' where action = 'api_key.created'`)
      }),
    )

  it('verifies every chain, and names the first broken link with 1', async () => {
    expect(await admin(['audit', 'verify'])).toEqual({
      code: 0,
      stdout: '2 audit events of 1 account read: every chain is whole.\n',
      stderr: '',
    })
    await spoil()
    const { code, stdout } = await admin(['audit', 'verify', '--account', account])
    expect(code).toBe(1)
    expect(stdout).toMatch(/1 chain is broken:\n {2}account acc_\w+, link 2, evt_\w+: the event or its link is not as/)
    const json = JSON.parse((await admin(['audit', 'verify', '--json'])).stdout)
    expect(json).toEqual({
      accounts: [
        expect.objectContaining({ account_id: account, broken: expect.objectContaining({ fault: 'edited' }) }),
      ],
      events: 1,
      broken: 1,
    })
    expect((await admin(['audit', 'verify', '--account', 'acc_0'])).code).toBe(1)
  })

  it('proves later what a checkpoint says, and that it no longer does', async () => {
    const path = join(folder, 'checkpoint.json')
    await writeFile(path, (await admin(['audit', 'checkpoint', '--account', account])).stdout)
    await admin([...KEY, '--name', 'Another'])
    const prove = ['audit', 'prove', '--checkpoint', path]
    const held = await admin(prove)
    expect([held.code, held.stdout]).toEqual([0, expect.stringContaining('It holds')])
    const pipe = join(folder, 'pipe')
    await promisify(execFile)('mkfifo', [pipe])
    const [piped] = await Promise.all([
      admin(['audit', 'prove', '--checkpoint', pipe]),
      writeFile(pipe, await readFile(path)),
    ])
    expect(piped.stdout).toBe(held.stdout)
    await spoil()
    const broken = await admin(prove)
    expect([broken.code, broken.stdout]).toEqual([1, expect.stringContaining('link 2')])
    await writeFile(path, (await readFile(path, 'utf8')).replace('"seq":2', '"seq":1'))
    expect(JSON.parse((await admin([...prove, '--json'])).stdout)).toMatchObject({ proof: 'not_genuine' })
  })

  it('wants a file that is a checkpoint', async () => {
    const path = join(folder, 'none.json')
    const prove = ['audit', 'prove', '--checkpoint', path]
    expect(await admin(prove)).toMatchObject({ code: 2, stderr: expect.stringContaining('ENOENT') })
    await writeFile(path, '{}')
    expect(await admin(prove)).toMatchObject({ code: 2, stderr: expect.stringContaining('audit checkpoint') })
  })
})

it('revokes a key whose token could not be written, and says so', async () => {
  source = await createTestDatabase('pg')
  await admin(ACCOUNT, PASSWORD)
  const lost = async (args: string[], code: string) => {
    let stderr = ''
    const exitCode = await runAdmin(args, {
      stdin: Readable.from([]),
      stdout: () => Promise.reject(Object.assign(new Error(code), { code })),
      stderr: (text) => {
        stderr += text
      },
      env: environment(),
    })
    return { code: exitCode, stderr }
  }
  expect(await lost(KEY, 'ENOSPC')).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^error: Standard output can't be written \(ENOSPC\)\. .*key_\w+ was revoked: .*\n$/),
  })
  // Its name is free again; whoever reads nothing of a pipe has no token either.
  const piped = promisify(execFile)('sh', ['-c', '"$0" scripts/admin.mjs "$@" | true', process.execPath, ...KEY], {
    env: { ...process.env, ...environment() },
  })
  expect((await piped).stderr).toMatch(/^error: .*EPIPE.* revoked/)
  await look(async ({ db }) => {
    const keys = await db.select().from(apiKeys)
    expect(keys.map(({ name, revokedAt }) => [name, revokedAt !== null])).toEqual([
      ['Sync', true],
      ['Sync', true],
    ])
  })
  // What can be asked again is not taken back.
  expect(await lost(['list'], 'ENOSPC')).toEqual({ code: 1, stderr: expect.stringContaining('is done') })
  expect(await lost(['list'], 'EPIPE')).toEqual({ code: 0, stderr: '' })
})

it('refuses to seal the secrets of an account that there is not anew', async () => {
  source = await createTestDatabase('pg')
  const { code, stdout, stderr } = await admin(['vault-rekey', '--account', 'acc_typo'])
  expect([code, stdout, stderr]).toEqual([1, '', 'error: There is no account acc_typo.\n'])
})

it('goes on past what is damaged in the vault, names it, and ends with 1', async () => {
  source = await createTestDatabase('pglite')
  await look(async ({ db }) => {
    await db.insert(accounts).values([
      { id: 'acc_1', name: 'A shop' },
      { id: 'acc_2', name: 'Another shop' },
    ])
    const vault = new Vault(new MasterKeys([{ kid: '1', key: Buffer.alloc(32, 1) }]))
    for (const accountId of ['acc_1', 'acc_2']) {
      await vault.put(db, { accountId, ownerId: 'cred_1', field: 'secret' }, { password: new Secret('hush') })
    }
    await db.update(vaultItems).set({ sealed: 'damaged' }).where(eq(vaultItems.accountId, 'acc_1'))
    await db.insert(users).values({ id: 'usr_1', email: 'ana@example.com', name: 'Ana', passwordHash: '-' })
    await db.insert(authenticators).values({ userId: 'usr_1', sealed: 'damaged', masterKid: '1' })
  })
  const keys = [2, 1].map((n) => `${n}:${Buffer.alloc(32, n).toString('base64')}`)
  const vault = (command: string, ...rest: string[]) =>
    admin([command, ...rest], '', { ...environment(), FENICIA_MASTER_KEYS: keys.join(',') })
  const rekeyed = await vault('vault-rekey')
  expect([rekeyed.code, rekeyed.stdout]).toEqual([
    1,
    expect.stringMatching(
      /^1 secret of 2 accounts sealed with a new data key; 1 does not open, and stays as it is:\n {2}The secret of cred_1 is damaged.* \(account acc_1\)\n$/,
    ),
  ])
  const rotated = await vault('vault-rotate', '--json')
  expect([rotated.code, JSON.parse(rotated.stdout)]).toEqual([
    1,
    {
      data_keys: 1,
      master_key: '2',
      damaged: [expect.objectContaining({ account_id: null, id: 'usr_1', field: 'authenticator' })],
    },
  ])
})

it('the operator’s command line is refused by name while another process has the data folder open', async () => {
  source = await createTestDatabase('pglite')
  const database = await openDatabase(source.config)
  try {
    const { code, stdout, stderr } = await admin(ACCOUNT, PASSWORD)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain(`process ${process.pid}`)
    expect(await database.db.$count(accounts)).toBe(0)
  } finally {
    await database.close()
  }
  expect((await admin(ACCOUNT, PASSWORD)).code).toBe(0)
})

describe('the operator’s command line, used wrongly', () => {
  it.each<[args: string[], stderr: RegExp]>([
    [[], /^error: No command was given\./],
    [['frobnicate'], /^error: There is no command frobnicate\./],
    [['toString'], /^error: There is no command toString\./],
    [['create-key'], /^error: create-key needs --email and --name and --scopes\./],
    [['audit'], /^error: There is no command audit, only audit verify, audit checkpoint, audit prove\./],
    [['audit', 'prove'], /^error: audit prove needs --checkpoint\./],
    [['list', '--all'], /^error: Unknown option '--all'\./],
    [['list', 'extra'], /^error: Unexpected argument 'extra'\./],
    [['create-account', '--name', 'A', '--email', 'a@example.com'], /^error: create-account needs --password-stdin\./],
    [
      ['create-account', '--name', 'A', '--email', 'a@example.com', '--password', 'x'],
      /^error: Unknown option '--password'\./,
    ],
    [['create-key', '--email'], /^error: Option '--email <value>' argument missing\./],
  ])('%j ends with 2 and says why, before anything is opened', async (args, expected) => {
    // A configuration that would be refused if it were read.
    const { code, stdout, stderr } = await admin(args, '', { PORT: 'none' })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(expected)
    expect(stderr).toContain('--help')
  })

  it.each([['admin.mjs'], ['vault.mjs', '--json']])('%s %s without a word ends with 2', async (script, ...args) => {
    const ended = promisify(execFile)(process.execPath, [join('scripts', script), ...args])
    await expect(ended).rejects.toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('No command') })
    if (args.length === 0) await expect(ended).rejects.toMatchObject({ stderr: expect.stringMatching(/^Usage: /m) })
  })

  it.each([['--help'], ['create-key', '--help'], ['help'], ['-h']])('%s shows how it is used', async (...args) => {
    const { code, stdout, stderr } = await admin(args, '', {})
    expect([code, stderr]).toEqual([0, ''])
    for (const command of ['create-account', 'create-key', 'reset-password', 'list']) expect(stdout).toContain(command)
  })
})
