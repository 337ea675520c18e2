import type {
  EventData,
  EventKind,
  Language,
  MailContent,
  PersonalContent,
  PersonalData,
  PersonalKind,
} from '@/lib/notifications'

const credential = {
  name: 'Tienda de Tiro',
  environment: 'live',
  provider: 'mercado-libre',
  connectedById: null,
} as const
const key = { name: 'ERP Integration', environment: 'live', by: 'Hanna Barca' }

/** Facts of each kind of event, as they could be. */
export const sampleFacts: EventData = {
  'credential.reauthorization_required': {
    ...credential,
    error: 'invalid_grant',
    detail: 'The refresh token was revoked by the user',
    callsFailAt: '2026-03-06T21:40:00.000Z',
  },
  'credential.renewal_failing': {
    ...credential,
    error: 'temporarily_unavailable',
    detail: '503 Service Unavailable',
    failingSince: '2026-03-06T18:10:00.000Z',
    callsFailAt: '2026-03-07T02:00:00.000Z',
  },
  'credential.renewal_recovered': { ...credential, failingSince: '2026-03-06T18:10:00.000Z' },
  'credential.expiring': {
    ...credential,
    what: 'refresh_token',
    expiresAt: '2026-03-20T09:00:00.000Z',
    daysLeft: 14,
  },
  'api_key.created': key,
  'api_key.regenerated': key,
  'api_key.revoked': { ...key, reason: 'Left the company' },
  'api_key.leaked': {
    name: key.name,
    environment: key.environment,
    source: 'github',
    url: 'https://github.com/cedar-murex/sync/blob/main/config.js',
    outcome: 'revoked',
  },
  'integration.failing': {
    name: 'Shipping labels',
    environment: 'live',
    slug: 'labels',
    host: 'api.goshippo.com',
    credentialId: null,
    failingSince: '2026-03-06T07:40:00.000Z',
    outcome: 'answered',
    status: 401,
  },
  'webhook.disabled': {
    name: 'ERP events',
    host: 'erp.example.com',
    reason: 'It has taken nothing for three days. Last: Answered with 503.',
    cause: 'answered',
    status: 503,
  },
  'api_key.idle': {
    name: key.name,
    environment: key.environment,
    lastUsedAt: '2025-12-13T09:00:00.000Z',
    revokesAt: '2026-03-13T09:00:00.000Z',
    daysLeft: 7,
  },
  'api_key.expiring': {
    name: key.name,
    environment: key.environment,
    expiresAt: '2026-03-13T09:00:00.000Z',
    daysLeft: 7,
  },
  'api_key.rehearsal_ended': {
    ...key,
    calls: 1_204,
    callers: [{ address: '203.0.113.7', userAgent: 'python-requests/2.32', calls: 1_204 }],
  },
  'review.digest': {
    name: 'Cedar & Murex',
    keys: 14,
    keyFindings: { never_used: 3, idle: 11, no_expiry: 0 },
    credentials: 1,
    credentialFindings: { failing: 1 },
  },
}

const where = { address: '203.0.113.7', browser: 'Firefox, Windows' }

/** Facts of each kind of personal mail, as they could be. */
export const samplePersonal: PersonalData = {
  'password.reset_requested': { ...where, resetId: 'rst_1', expiresAt: '2026-03-06T22:10:00.000Z' },
  'password.changed': { ...where, at: '2026-03-06T21:40:00.000Z', how: 'reset' },
  'sign_in.new_browser': { ...where, at: '2026-03-06T21:40:00.000Z' },
  'second_factor.added': { ...where, at: '2026-03-06T21:40:00.000Z', factor: 'passkey', name: 'Laptop' },
  'second_factor.removed': {
    ...where,
    at: '2026-03-06T21:40:00.000Z',
    factor: 'authenticator',
    name: null,
    how: 'person',
  },
  'recovery_code.used': { ...where, at: '2026-03-06T21:40:00.000Z', left: 3 },
  'member.removed': { by: 'Elissa Barca' },
  'account.handed_over': { from: 'Hanna Barca', to: 'Elissa Barca', isOwner: true },
  'invitation.sent': {
    invitationId: 'inv_1',
    linkId: 'inv_1',
    role: 'manager',
    by: 'Hanna Barca',
    expiresAt: '2026-03-13T21:40:00.000Z',
  },
}

/** A personal mail's content as it could be. */
export function samplePersonalContent<Kind extends PersonalKind>(
  kind: Kind,
  language: Language,
  data: Partial<PersonalData[Kind]> = {},
): PersonalContent {
  const url = 'https://fenicia.example.com'
  const links: Partial<Record<PersonalKind, string>> = {
    'password.reset_requested': `${url}/reset-password#t0ken`,
    'invitation.sent': `${url}/invitation#t0ken`,
  }
  return {
    kind,
    account: 'Cedar & Murex',
    to: { name: kind === 'invitation.sent' ? null : 'Hanna', address: 'hanna@example.com', language },
    data: { ...samplePersonal[kind], ...data },
    link: links[kind] ?? null,
    url,
  } as unknown as PersonalContent
}

/** A mail's content as it could be: of one thing, or of several. */
export function sampleContent<Kind extends EventKind>(
  kind: Kind,
  language: Language,
  total = 1,
  data: Partial<EventData[Kind]> = {},
): MailContent {
  const isCredential = kind.startsWith('credential.')
  const shown = Math.min(total, 20)
  return {
    kind,
    reminder: 0,
    provider: isCredential ? 'MercadoLibre' : null,
    account: 'Cedar & Murex',
    to: { name: 'Hanna', address: 'hanna@example.com', language },
    items: Array.from({ length: shown }, (_, at) => ({
      subjectId: `${isCredential ? 'cred' : 'key'}_${at + 1}`,
      data: {
        ...sampleFacts[kind],
        ...data,
        ...(total > 1 ? { name: `${sampleFacts[kind].name} ${at + 1}` } : {}),
      },
      integrations: isCredential ? ['Orders of the shop', 'Nightly stock sync'] : [],
      integrationCount: isCredential ? 2 : 0,
    })),
    total,
    url: 'https://fenicia.example.com',
  } as unknown as MailContent
}
