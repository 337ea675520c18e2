import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { Refusal } from '@/lib/errors'
import { useConfiguration } from '@/test/runtime'

/**
 * Every server action there is, and whether it asks for the password, or a passkey, again when that was given over an hour
 * ago. What is not sensitive has its reason here. An action that is not in this list fails the test: decide it.
 */
const SENSITIVE = 'sensitive'
const actions: Record<string, Record<string, string>> = {
  'confirm-password/action.ts': {
    confirmPassword: 'is what is asked for again',
    confirmPasskey: 'is what is asked for again',
    askToConfirmByPasskey: 'is what is asked for again',
    mayConfirmByPasskey: 'tells the person whether they have a passkey',
  },
  'forgot-password/actions.ts': { forgotPasswordAction: 'before a session' },
  'invitation/actions.ts': {
    lookAtInvitation: 'needs the link of the e-mail',
    acceptAsNewUserAction: 'before a session',
    acceptAsUserAction: 'needs the link of the e-mail; gives nobody else anything',
  },
  'reset-password/actions.ts': { lookAtResetLink: 'before a session', resetPasswordAction: 'before a session' },
  'sign-in/actions.ts': {
    signInAction: 'before a session',
    askForPasskeyAction: 'before a session',
    signInByPasskeyAction: 'before a session',
  },
  'sign-in/second-factor/actions.ts': {
    giveCodeAction: 'before a session',
    askForSecondPasskeyAction: 'before a session',
    giveSecondPasskeyAction: 'before a session',
  },
  'sign-out.ts': { signOutHere: 'lets nobody in' },
  'sign-up/actions.ts': { signUpAction: 'before a session' },
  'settings/account/actions.ts': {
    changeNameAction: 'a name opens nothing',
    saveLanguageAction: 'the person’s own e-mails',
    renameAccountAction: 'a name opens nothing',
    changePasswordAction: 'takes the current password itself',
    signOutEverywhereAction: 'lets nobody in',
    createAnotherAccountAction: 'an account of the person’s own, where anybody may sign up',
    enterAccountAction: 'another account of the same person, by the same session',
  },
  'settings/account/second-factor/actions.ts': {
    startAuthenticatorAction: SENSITIVE,
    confirmAuthenticatorAction: SENSITIVE,
    removeAuthenticatorAction: SENSITIVE,
    startPasskeyAction: SENSITIVE,
    addPasskeyAction: SENSITIVE,
    removePasskeyAction: SENSITIVE,
    makeRecoveryCodesAction: SENSITIVE,
    endSessionAction: 'lets nobody in',
  },
  'settings/api-keys/actions.ts': {
    generateKey: SENSITIVE,
    regenerateKey: SENSITIVE,
    revokeKey: SENSITIVE,
    revokeKeys: SENSITIVE,
    revokeKeysUnderReview: SENSITIVE,
    endOverlapNow: SENSITIVE,
    changeOverlap: SENSITIVE,
    renameKey: 'a name opens nothing',
    changeLimits: SENSITIVE,
    pauseKey: SENSITIVE,
    resumeKey: SENSITIVE,
    markLeakHandled: 'a note that opens nothing, and stands in the audit log',
    keepFoundKeys: 'a note that opens nothing, and stands in the audit log',
    rehearseRevoke: 'ends nothing: it only looks',
    stopRehearsing: 'ends nothing: it only looked',
    narrowKey: SENSITIVE,
  },
  'settings/credentials/actions.ts': {
    saveCredential: SENSITIVE,
    changeCredential: SENSITIVE,
    removeCredential: SENSITIVE,
    discardTestedForm: SENSITIVE,
    renewCredentialNow: 'what happens by itself, only sooner',
    keepFoundCredentials: 'a note that opens nothing, and stands in the audit log',
  },
  'settings/credentials/connect/actions.ts': {
    connectForm: SENSITIVE,
    connectCredential: SENSITIVE,
    decideOnAccount: SENSITIVE,
    disconnectCredential: SENSITIVE,
    cancelConnecting: 'leaves everything as it was',
    readIssuer: 'reads what anybody may at an address',
  },
  'settings/integrations/actions.ts': {
    addIntegration: SENSITIVE,
    editIntegration: SENSITIVE,
    changeState: SENSITIVE,
    removeIntegration: SENSITIVE,
    tryCall: SENSITIVE,
  },
  'settings/members/actions.ts': {
    lookAtMadeAction: 'names what the person may see anyway, and of all else how many there are',
    inviteAction: SENSITIVE,
    resendAction: SENSITIVE,
    changeRoleAction: SENSITIVE,
    removeMemberAction: SENSITIVE,
    handOverAction: SENSITIVE,
    leaveAction: SENSITIVE,
    revokeAction: 'takes a link back: lets nobody in',
  },
  'settings/members/roles/actions.ts': {
    createRoleAction: SENSITIVE,
    changeRoleOfAccountAction: SENSITIVE,
    deleteRoleAction: SENSITIVE,
  },
  'settings/notifications/actions.ts': {
    markReadAction: 'the person’s own notices',
    savePreferencesAction: 'the person’s own e-mails; those for their safety can’t be switched off',
  },
  'settings/policies/actions.ts': { changeKeyRulesAction: SENSITIVE, saveLeakPolicy: SENSITIVE },
  'settings/policies/audit-actions.ts': { saveAuditPolicy: SENSITIVE },
  'settings/policies/second-factor-actions.ts': { requireSecondFactorAction: SENSITIVE },
  'settings/webhooks/actions.ts': {
    addWebhook: SENSITIVE,
    changeWebhook: SENSITIVE,
    removeWebhook: SENSITIVE,
    rotateSecret: SENSITIVE,
    replay: 'sends what was sent, to where it was sent',
    switchWebhook: 'sends nothing anywhere else',
    tryWebhook: 'sends nothing that tells of anything',
  },
}

/** The same of every route handler that a signed-in browser may ask, by its path in `app`. */
const routes: Record<string, string> = {
  'api/auth/[...nextauth]/route.ts': 'signs in and out, and says who is signed in',
  'api/health/route.ts': 'before a session',
  'api/oauth/callback/route.ts': 'ends what a sensitive action has begun',
  'api/ready/route.ts': 'before a session',
  'api/secret-scanning/github/route.ts': 'before a session',
  'api/v1/[[...route]]/route.ts': 'takes a key; a session may only read what its pages show',
  'settings/api-keys/export/route.ts': 'what the page shows, as a file',
  'settings/api-keys/review/report/[id]/route.ts': 'what the page shows, as a file',
  'settings/audit/checkpoint/route.ts': 'what the page shows, as a file',
  'settings/audit/export/route.ts': 'what the page shows, as a file',
  'settings/credentials/consents/[id]/route.ts': 'how what the person has begun goes on',
  'settings/credentials/export/route.ts': 'what the page shows, as a file',
  'settings/credentials/test/route.ts': SENSITIVE,
  'settings/integrations/export/route.ts': 'what the page shows, as a file',
  'settings/notifications/unread/route.ts': 'the person’s own notices',
}

const asked = vi.hoisted(() => ({ by: [] as boolean[] }))
/** Whoever is signed in gave their password over an hour ago, and may do nothing else. */
vi.mock('./session', () => {
  const judge = async ({ recentPassword = false } = {}) => {
    asked.by.push(recentPassword)
    throw new Refusal(recentPassword ? 'password_required' : 'forbidden', 'Not in this test.')
  }
  return {
    requirePerson: judge,
    requireActor: (_: string, options?: { recentPassword?: boolean }) => judge(options),
    ...Object.fromEntries(
      [
        'getSession',
        'getPerson',
        'readPerson',
        'enterAccount',
        'noteConfirmed',
        'setSession',
        'setSignedIn',
        'readTicketCookie',
      ].map((name) => [name, async () => null]),
    ),
  }
})
vi.mock('@/auth', () => ({ signIn: vi.fn(), signOut: vi.fn(), refusalOf: (error: unknown) => error }))
vi.mock('next/headers', () => ({ headers: async () => new Headers(), cookies: async () => new Map() }))
vi.mock('next/cache', () => ({ revalidatePath: vi.fn() }))

const APP = join(process.cwd(), 'app')

const files = (readdirSync(APP, { recursive: true }) as string[]).map((file) => file.replaceAll('\\', '/')).sort()

/** The modules whose exports a browser may call, by their paths in `app`. */
const modules = files
  .filter((file) => /\.tsx?$/.test(file))
  .filter((file) => /^\s*(\/\/[^\n]*\n\s*)*['"]use server['"]/.test(readFileSync(join(APP, file), 'utf8')))

describe('every server action is sensitive or has a reason why not', () => {
  beforeAll(() => {
    useConfiguration()
  })

  it('in every module that has some', () => {
    expect(modules).toEqual(Object.keys(actions).sort())
  })

  it('and none is written within a component, where this list does not see it', () => {
    const hidden = files
      .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
      .filter((file) => /[{;]\s*['"]use server['"]/.test(readFileSync(join(APP, file), 'utf8')))
    expect(hidden).toEqual([])
  })

  it.each(modules)('%s', async (file) => {
    const exported = (await import(join(APP, file))) as Record<string, (...input: unknown[]) => Promise<unknown>>
    const decided = actions[file] ?? {}
    expect(Object.keys(exported).sort()).toEqual(Object.keys(decided).sort())
    for (const [name, decision] of Object.entries(decided)) {
      if (decision !== SENSITIVE) continue
      asked.by = []
      const result = await exported[name]?.(null, null, null)
      expect([name, asked.by, result]).toEqual([name, [true], expect.objectContaining({ code: 'password_required' })])
    }
  })
})

describe('every route handler is sensitive or has a reason why not', () => {
  it('in every folder that has one', () => {
    expect(files.filter((file) => /(^|\/)route\.tsx?$/.test(file))).toEqual(Object.keys(routes).sort())
  })

  it.each(Object.keys(routes).filter((file) => routes[file] === SENSITIVE))('%s', async (file) => {
    const handlers = (await import(join(APP, file))) as Record<string, (request: Request) => Response>
    for (const [method, handle] of Object.entries(handlers)) {
      asked.by = []
      const response = await handle(new Request('http://localhost/', { method, body: '{}' }))
      expect([method, await response.text()]).toEqual([method, expect.stringContaining('"code":"password_required"')])
      expect(asked.by).toEqual([true])
    }
  })
})
