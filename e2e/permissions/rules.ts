/** What each of Fenicia's roles may do, in words of this test's own. */
const admin = [
  'keys:read',
  'keys:create',
  'keys:manage',
  'keys:verify',
  'credentials:read',
  'credentials:create',
  'credentials:update',
  'credentials:delete',
  'credentials:test',
  'credentials:reauthorize',
  'integrations:read',
  'integrations:create',
  'integrations:update',
  'integrations:delete',
  'integrations:use',
  'members:read',
  'members:invite',
  'members:manage',
  'roles:manage',
  'webhooks:read',
  'webhooks:manage',
  'policies:read',
  'policies:update',
  'audit:read',
] as const
export const roles: Record<'owner' | 'admin' | 'manager' | 'staff', readonly Permission[]> = {
  owner: [...admin, 'account:hand_over'],
  admin,
  manager: ['keys:read', 'credentials:read', 'credentials:test', 'credentials:reauthorize', 'integrations:read'],
  staff: [],
}
export type Permission = (typeof admin)[number] | 'account:hand_over'

/**
 * Who may open or do what. `anybody`: it asks for no session. `person`: whoever is signed in, for it is their own. Otherwise
 * the permission that it takes, or several of which one is enough.
 */
export type Who = 'anybody' | 'person' | Permission | readonly Permission[]

/** Of these one is enough. */
const told: readonly Permission[] = ['credentials:read', 'keys:read', 'webhooks:read']
/** And of these: each begins a consent of one kind. */
const connecting: readonly Permission[] = ['credentials:reauthorize', 'credentials:create', 'credentials:update']

/** Ids of things of one account. */
export interface Ids {
  key: string
  credential: string
  integration: string
  webhook: string
  message: string
  role: string
  invitation: string
  member: string
  draft: string
  revocation: string
  consent: string
}

export interface Rule {
  who: Who
  /** What stands for `[id]` in its address. */
  id?: keyof Ids
  /** What an action is given that names something of an account. None: it names nothing. */
  given?: (ids: Ids) => unknown[]
  /** A step of a sign-in: whoever has begun none is led to where it begins. */
  isStep?: boolean
  /** It takes a form. */
  form?: boolean
}

const rule = (who: Who, id?: keyof Ids): Rule => ({ who, id })
const action = (who: Who, given?: Rule['given']): Rule => ({ who, given })
const form = (who: Who): Rule => ({ who, form: true })

/** Every page, by its folder in `app`. */
export const pages: Record<string, Rule> = {
  '/': rule('person'),
  '/docs': rule('anybody'),
  '/docs/api': rule('anybody'),
  '/forgot-password': rule('anybody'),
  '/invitation': rule('anybody'),
  '/oauth/ended': rule('anybody'),
  '/reset-password': rule('anybody'),
  '/second-factor': rule('person'),
  '/settings': rule('person'),
  '/settings/account': rule('person'),
  '/settings/api-keys': rule('keys:read'),
  '/settings/api-keys/[id]': rule('keys:read', 'key'),
  '/settings/api-keys/review': rule('keys:read'),
  '/settings/audit': rule('audit:read'),
  '/settings/credentials': rule('credentials:read'),
  '/settings/credentials/[id]': rule('credentials:read', 'credential'),
  '/settings/credentials/[id]/edit': rule('credentials:update', 'credential'),
  '/settings/credentials/new': rule('credentials:create'),
  '/settings/credentials/review': rule('credentials:read'),
  '/settings/integrations': rule('integrations:read'),
  '/settings/integrations/[id]': rule('integrations:read', 'integration'),
  '/settings/integrations/[id]/edit': rule('integrations:update', 'integration'),
  '/settings/integrations/new': rule('integrations:create'),
  '/settings/members': rule('members:read'),
  '/settings/members/roles': rule('members:read'),
  '/settings/members/roles/[id]': rule('roles:manage', 'role'),
  '/settings/members/roles/new': rule('roles:manage'),
  '/settings/notifications': rule(told),
  '/settings/policies': rule('policies:read'),
  '/settings/webhooks': rule('webhooks:read'),
  '/settings/webhooks/[id]': rule('webhooks:read', 'webhook'),
  '/settings/webhooks/new': rule('webhooks:manage'),
  '/sign-in': rule('anybody'),
  '/sign-in/second-factor': { who: 'anybody', isStep: true },
  '/sign-up': rule('anybody'),
}

/**
 * Every route handler, by its folder in `app`, with the methods that it has. What stands below `/api` looks after itself: the
 * public API has a matrix of its own (`lib/api/permissions.integration.test.ts`).
 */
export const handlers: Record<string, Rule & { methods: string[] }> = {
  '/api/auth/[...nextauth]': { ...rule('anybody'), methods: ['GET', 'POST'] },
  '/api/health': { ...rule('anybody'), methods: ['GET'] },
  '/api/oauth/callback': { ...rule('anybody'), methods: ['GET', 'HEAD'] },
  '/api/ready': { ...rule('anybody'), methods: ['GET'] },
  '/api/secret-scanning/github': { ...rule('anybody'), methods: ['POST'] },
  '/api/v1/[[...route]]': { ...rule('anybody'), methods: ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] },
  '/settings/api-keys/export': { ...rule('keys:read'), methods: ['GET'] },
  '/settings/api-keys/review/report/[id]': { ...rule('keys:read', 'revocation'), methods: ['GET'] },
  '/settings/audit/checkpoint': { ...rule('audit:read'), methods: ['GET'] },
  '/settings/audit/export': { ...rule('audit:read'), methods: ['GET'] },
  '/settings/credentials/consents/[id]': { ...rule('person', 'consent'), methods: ['GET'] },
  '/settings/credentials/export': { ...rule('credentials:read'), methods: ['GET'] },
  '/settings/credentials/test': { ...rule('credentials:test'), methods: ['POST'] },
  '/settings/integrations/export': { ...rule('integrations:read'), methods: ['GET'] },
  '/settings/notifications/unread': { ...rule('person'), methods: ['GET'] },
}

const LIMITS = { rate: null }

/** Every server action, by its module and name. */
export const actions: Record<string, Record<string, Rule>> = {
  'app/confirm-password/action.ts': {
    askToConfirmByPasskey: action('person'),
    confirmPasskey: action('person'),
    confirmPassword: action('person'),
    mayConfirmByPasskey: action('person'),
  },
  'app/forgot-password/actions.ts': { forgotPasswordAction: form('anybody') },
  'app/invitation/actions.ts': {
    acceptAsNewUserAction: form('anybody'),
    acceptAsUserAction: form('anybody'),
    lookAtInvitation: action('anybody'),
  },
  'app/reset-password/actions.ts': { lookAtResetLink: action('anybody'), resetPasswordAction: form('anybody') },
  'app/settings/account/actions.ts': {
    changeNameAction: form('person'),
    changePasswordAction: form('person'),
    createAnotherAccountAction: form('person'),
    enterAccountAction: action('person'),
    renameAccountAction: form('policies:update'),
    saveLanguageAction: form('person'),
    signOutEverywhereAction: action('person'),
  },
  'app/settings/account/second-factor/actions.ts': {
    addPasskeyAction: action('person'),
    confirmAuthenticatorAction: action('person'),
    endSessionAction: action('person'),
    makeRecoveryCodesAction: action('person'),
    removeAuthenticatorAction: action('person'),
    removePasskeyAction: action('person'),
    startAuthenticatorAction: action('person'),
    startPasskeyAction: action('person'),
  },
  'app/settings/api-keys/actions.ts': {
    changeLimits: action('keys:manage', ({ key }) => [key, LIMITS]),
    changeOverlap: action('keys:manage', ({ key }) => [key, { retire_when_silent: true }]),
    endOverlapNow: action('keys:manage', ({ key }) => [key]),
    generateKey: action('keys:create'),
    keepFoundKeys: action('keys:manage', ({ key }) => [
      { keys: [key], findings: ['never_used'], reason: 'Needed', days: 90 },
    ]),
    markLeakHandled: action('keys:manage', ({ key }) => [key]),
    narrowKey: action('keys:manage', ({ key }) => [key, { scopes: ['orders:read'] }]),
    pauseKey: action('keys:manage', ({ key }) => [key]),
    regenerateKey: action('keys:manage', ({ key }) => [key, {}]),
    rehearseRevoke: action('keys:manage', ({ key }) => [key]),
    renameKey: action('keys:manage', ({ key }) => [key, { name: 'Renamed' }]),
    resumeKey: action('keys:manage', ({ key }) => [key]),
    revokeKey: action('keys:manage', ({ key }) => [key, { reason: null }]),
    revokeKeys: action('keys:manage', ({ key }) => [{ keys: [key], reason: null }]),
    revokeKeysUnderReview: action('keys:manage'),
    stopRehearsing: action('keys:manage', ({ key }) => [key]),
  },
  'app/settings/credentials/actions.ts': {
    changeCredential: action('credentials:update', ({ credential }) => [credential, { name: 'Renamed' }]),
    discardTestedForm: action('credentials:test', ({ draft }) => [draft]),
    keepFoundCredentials: action('credentials:update', ({ credential }) => [
      { credentials: [credential], findings: ['idle'], reason: 'Needed', days: 90 },
    ]),
    removeCredential: action('credentials:delete', ({ credential }) => [credential, { even_if_used: true }]),
    renewCredentialNow: action('credentials:test', ({ credential }) => [credential]),
    saveCredential: action('credentials:create'),
  },
  'app/settings/credentials/connect/actions.ts': {
    cancelConnecting: action(connecting, ({ consent }) => [consent]),
    connectCredential: action('credentials:reauthorize', ({ credential }) => [credential, 'page']),
    // With null for the credential that is edited: one is added.
    connectForm: action('credentials:create'),
    decideOnAccount: action('credentials:reauthorize', ({ consent }) => [consent, true]),
    disconnectCredential: action('credentials:update', ({ credential }) => [credential]),
    readIssuer: action(['credentials:create', 'credentials:update']),
  },
  'app/settings/integrations/actions.ts': {
    addIntegration: action('integrations:create', ({ credential }) => [
      { name: 'Theirs', slug: 'theirs', credential_id: credential, base_url: 'https://api.example.com' },
    ]),
    changeState: action('integrations:update', ({ integration }) => [integration, 'paused']),
    editIntegration: action('integrations:update', ({ integration }) => [integration, { name: 'Renamed' }]),
    removeIntegration: action('integrations:delete', ({ integration }) => [integration]),
    tryCall: action('integrations:use', ({ integration }) => [integration, { method: 'GET', path: '/' }]),
  },
  'app/settings/members/actions.ts': {
    changeRoleAction: action('members:manage', ({ member }) => [member, 'manager']),
    handOverAction: action('account:hand_over', ({ member }) => [member]),
    inviteAction: action('members:invite', ({ role }) => [{ email: 'nobody@example.com', role }]),
    leaveAction: action('person'),
    lookAtMadeAction: action('members:manage', ({ member }) => [member]),
    removeMemberAction: action('members:manage', ({ member }) => [member, { keys: 'revoke' }]),
    resendAction: action('members:invite', ({ invitation }) => [invitation]),
    revokeAction: action('members:invite', ({ invitation }) => [invitation]),
  },
  'app/settings/members/roles/actions.ts': {
    changeRoleOfAccountAction: action('roles:manage', ({ role }) => [
      role,
      { name: 'Renamed', description: '', permissions: [] },
      { name: 'Theirs', description: '', permissions: [] },
    ]),
    createRoleAction: action('roles:manage'),
    deleteRoleAction: action('roles:manage', ({ role }) => [role, 'staff']),
  },
  'app/settings/notifications/actions.ts': {
    markReadAction: action(told),
    savePreferencesAction: form(told),
  },
  'app/settings/policies/actions.ts': {
    changeKeyRulesAction: action('policies:update'),
    saveLeakPolicy: action('policies:update'),
  },
  'app/settings/policies/audit-actions.ts': { saveAuditPolicy: action('policies:update') },
  'app/settings/policies/second-factor-actions.ts': { requireSecondFactorAction: action('policies:update') },
  'app/settings/webhooks/actions.ts': {
    addWebhook: action('webhooks:manage'),
    changeWebhook: action('webhooks:manage', ({ webhook }) => [
      webhook,
      { name: 'Renamed', url: 'https://hooks.example.com', event_types: null },
    ]),
    removeWebhook: action('webhooks:manage', ({ webhook }) => [webhook]),
    replay: action('webhooks:manage', ({ message }) => [message]),
    rotateSecret: action('webhooks:manage', ({ webhook }) => [webhook, { overlap_hours: 0 }]),
    switchWebhook: action('webhooks:manage', ({ webhook }) => [webhook, false]),
    tryWebhook: action('webhooks:manage', ({ webhook }) => [webhook]),
  },
  'app/sign-in/actions.ts': {
    askForPasskeyAction: action('anybody'),
    signInAction: form('anybody'),
    signInByPasskeyAction: action('anybody'),
  },
  'app/sign-in/second-factor/actions.ts': {
    askForSecondPasskeyAction: action('anybody'),
    giveCodeAction: form('anybody'),
    giveSecondPasskeyAction: action('anybody'),
  },
  'app/sign-out.ts': { signOutHere: action('anybody') },
  'app/sign-up/actions.ts': { signUpAction: form('anybody') },
}
