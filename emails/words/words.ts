import type { EventData, EventKind } from '@/lib/notifications'
import type { CredentialFinding, KeyFinding } from '@/lib/review/findings'

/** What a subject or a heading is about: one thing by its name, or several of a provider. */
export interface About {
  name: string
  /** The provider, or the words for another service. */
  service: string
  count: number
}

type Sentence = (about: About) => string

/** All that mails say, in one language. A language that lacks something does not compile. */
export interface Words {
  locale: string
  /** Of a service that has no entry in the catalogue. */
  otherService: string
  reminder: (subject: string) => string
  greeting: (name: string) => string
  /** Subject and heading of each kind, for one thing and for several. */
  subjects: Record<EventKind, { one: Sentence; several: Sentence }>
  /** What it means, below the heading. */
  meanings: Record<EventKind, { one: Sentence; several: Sentence }>
  /** `days`: that are left; 0: the mail has left late, and the end has come. */
  expiring: Record<
    'secret' | 'refresh_token',
    { subject: (name: string, days: number) => string; meaning: Sentence; meaningLate: Sentence }
  >
  /** Where all that a mail warns of have ended before it left; of one credential `expiring` says it. */
  ended: Record<'credentials' | 'key' | 'keys', { subject: Sentence; meaning: Sentence }>
  buttons: {
    reauthorize: string
    replaceSecret: string
    openCredential: string
    openCredentials: string
    openKey: string
    openKeys: string
    openIntegration: string
    openIntegrations: string
    openWebhook: string
    openWebhooks: string
    openReview: string
  }
  labels: {
    account: string
    service: string
    callsFailSince: string
    callsWillFailFrom: string
    failingSince: string
    integrations: string
    noIntegration: string
    endsAt: string
    environment: string
    by: string
    reason: string
    seen: string
    host: string
    outcome: string
    lastUsed: string
    never: string
    calls: string
    callers: string
    lastCall: string
  }
  leaks: {
    seen: Record<EventData['api_key.leaked']['source'], string>
    outcome: Record<EventData['api_key.leaked']['outcome'], string>
  }
  /** How the last call through an integration ended. */
  failing: {
    answered: (status: number) => string
    unanswered: Record<Exclude<EventData['integration.failing']['outcome'], 'answered'>, string>
  }
  /** Why a webhook was disabled. */
  disabled: (facts: EventData['webhook.disabled']) => string
  rehearsal: { nothingCalled: string; calls: (count: number) => string }
  digest: {
    keyFindings: Record<KeyFinding, string>
    credentialFindings: Record<CredentialFinding, string>
    keys: (count: number) => string
    credentials: (count: number) => string
  }
  notKnown: string
  /** What a list does not show. */
  andMore: (count: number) => string
  usedBy: (count: number) => string
  footer: { why: string; choose: string }
}
