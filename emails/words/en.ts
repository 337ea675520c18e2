import type { Words } from './words'

const days = (count: number) => (count === 1 ? '1 day' : `${count} days`)

export const english: Words = {
  locale: 'en-GB',
  otherService: 'the service',
  reminder: (subject) => `Reminder: ${subject}`,
  greeting: (name) => `Hello ${name},`,
  subjects: {
    'credential.reauthorization_required': {
      one: ({ name }) => `Re-authorize “${name}”`,
      several: ({ count, service }) => `Re-authorize ${count} credentials of ${service}`,
    },
    'credential.renewal_failing': {
      one: ({ name }) => `Renewal of “${name}” keeps failing`,
      several: ({ count, service }) => `Renewal of ${count} credentials of ${service} keeps failing`,
    },
    'credential.renewal_recovered': {
      one: ({ name }) => `“${name}” works again`,
      several: ({ count, service }) => `${count} credentials of ${service} work again`,
    },
    'credential.expiring': {
      one: ({ name }) => `“${name}” is about to expire`,
      several: ({ count, service }) => `${count} credentials of ${service} are about to expire`,
    },
    'api_key.created': {
      one: ({ name }) => `API key “${name}” was generated`,
      several: ({ count }) => `${count} API keys were generated`,
    },
    'api_key.regenerated': {
      one: ({ name }) => `API key “${name}” was regenerated`,
      several: ({ count }) => `${count} API keys were regenerated`,
    },
    'api_key.revoked': {
      one: ({ name }) => `API key “${name}” was revoked`,
      several: ({ count }) => `${count} API keys were revoked`,
    },
    'api_key.rehearsal_ended': {
      one: ({ name }) => `The rehearsal for API key “${name}” is over`,
      several: ({ count }) => `The rehearsals for ${count} API keys are over`,
    },
    'review.digest': {
      one: ({ name }) => `What to review in ${name}`,
      several: () => 'What to review',
    },
    'api_key.leaked': {
      one: ({ name }) => `The token of API key “${name}” has leaked`,
      several: ({ count }) => `The tokens of ${count} API keys have leaked`,
    },
    'integration.failing': {
      one: ({ name }) => `Calls through “${name}” fail`,
      several: ({ count }) => `Calls through ${count} integrations fail`,
    },
    'webhook.disabled': {
      one: ({ name }) => `Webhook “${name}” was disabled`,
      several: ({ count }) => `${count} webhooks were disabled`,
    },
    'api_key.idle': {
      one: ({ name }) => `API key “${name}” will be revoked: nobody uses it`,
      several: ({ count }) => `${count} API keys will be revoked: nobody uses them`,
    },
    'api_key.expiring': {
      one: ({ name }) => `API key “${name}” is about to expire`,
      several: ({ count }) => `${count} API keys are about to expire`,
    },
  },
  meanings: {
    'credential.reauthorization_required': {
      one: ({ service }) =>
        `Fenicia can’t renew its access to ${service} any more: a person has to authorize it anew. Trying again would not help.`,
      several: ({ service }) =>
        `Fenicia can’t renew its access to ${service} with these credentials any more: a person has to authorize each of them anew.`,
    },
    'credential.renewal_failing': {
      one: ({ service }) =>
        `Fenicia could not renew its access to ${service} for a while. It goes on trying by itself; if the trouble lasts, calls will fail.`,
      several: ({ service }) =>
        `Fenicia could not renew its access to ${service} for a while. It goes on trying by itself; if the trouble lasts, calls will fail.`,
    },
    'credential.renewal_recovered': {
      one: ({ service }) => `Fenicia has access to ${service} again. There is nothing for you to do.`,
      several: ({ service }) => `Fenicia has access to ${service} again. There is nothing for you to do.`,
    },
    'credential.expiring': {
      one: () => 'After that, calls with it fail.',
      several: () => 'After that, calls with them fail. Replace their secrets, or re-authorize them, before.',
    },
    'api_key.created': {
      one: () =>
        'Whoever has its token can call Fenicia with the rights that it was given. If nobody in your team wanted it, revoke it.',
      several: () =>
        'Whoever has their tokens can call Fenicia with the rights that they were given. If nobody in your team wanted one, revoke it.',
    },
    'api_key.regenerated': {
      one: () => 'A new key with the same rights replaces it. If nobody in your team wanted that, revoke both.',
      several: () => 'New keys with the same rights replace them. If nobody in your team wanted that, revoke them.',
    },
    'api_key.revoked': {
      one: () => 'Calls with it are not accepted any more. An app that still uses it needs another key.',
      several: () => 'Calls with them are not accepted any more. Apps that still use one need another key.',
    },
    'api_key.rehearsal_ended': {
      one: () =>
        'For a day Fenicia noted which calls would have failed, were it revoked. It still works: revoke it, or keep it.',
      several: () =>
        'For a day Fenicia noted which calls would have failed, were they revoked. They still work: revoke or keep each.',
    },
    'review.digest': {
      one: () =>
        'Keys and credentials that nobody needs can still be misused. Look through these once a month: keep what you need, end the rest.',
      several: () => 'Keys and credentials that nobody needs can still be misused. Keep what you need, end the rest.',
    },
    'api_key.leaked': {
      one: () =>
        'Its token was seen where it does not belong, so others may have it. The key’s page says what it reached in the last 30 days: replace those secrets too.',
      several: () =>
        'Their tokens were seen where they do not belong, so others may have them. Each key’s page says what it reached in the last 30 days: replace those secrets too.',
    },
    'integration.failing': {
      one: () =>
        'For ten minutes or longer every call of your apps through this integration has failed. Its page shows each call, how it ended, and what was asked for; a test of its credential says whether the service still takes it.',
      several: () =>
        'For ten minutes or longer every call of your apps through these integrations has failed. Each one’s page shows the calls and how they ended; a test of its credential says whether the service still takes it.',
    },
    'webhook.disabled': {
      one: () =>
        'It gets no messages any more. They are kept for 30 days: enable it again, and those that wait are sent.',
      several: () =>
        'They get no messages any more. They are kept for 30 days: enable them again, and those that wait are sent.',
    },
    'api_key.idle': {
      one: () =>
        'Your account revokes keys that nobody uses for long. If an app still needs it, let the app use it once, and the key stays.',
      several: () =>
        'Your account revokes keys that nobody uses for long. If an app still needs one, let the app use it once, and the key stays.',
    },
    'api_key.expiring': {
      one: () => 'After that, no call with it is accepted. If an app still needs one, give it another key before.',
      several: () => 'After that, no call with them is accepted. Give the apps that still need one another key before.',
    },
  },
  expiring: {
    secret: {
      subject: (name, left) => `The secret of “${name}” ${left === 0 ? 'has expired' : `expires in ${days(left)}`}`,
      meaning: ({ service }) =>
        `After that, calls to ${service} fail. Get a new secret there and put it in place of the old one.`,
      meaningLate: ({ service }) =>
        `Fenicia can’t call ${service} with it any more. Get a new secret there and put it in place of the old one.`,
    },
    refresh_token: {
      subject: (name, left) => `The authorization of “${name}” ${left === 0 ? 'has ended' : `ends in ${days(left)}`}`,
      meaning: ({ service }) =>
        `After that, Fenicia can’t renew its access to ${service} any more. Re-authorize it before, and no call fails.`,
      meaningLate: ({ service }) => `Fenicia can’t renew its access to ${service} any more. Re-authorize it.`,
    },
  },
  ended: {
    credentials: {
      subject: ({ count, service }) => `${count} credentials of ${service} have expired`,
      meaning: () => 'Calls with them fail, or will soon. Replace their secrets, or re-authorize them.',
    },
    key: {
      subject: ({ name }) => `API key “${name}” has expired`,
      meaning: () => 'No call with it is accepted any more. If an app still needs one, give it another key.',
    },
    keys: {
      subject: ({ count }) => `${count} API keys have expired`,
      meaning: () => 'No call with them is accepted any more. Give the apps that still need one another key.',
    },
  },
  buttons: {
    reauthorize: 'Re-authorize',
    replaceSecret: 'Replace the secret',
    openCredential: 'Open the credential',
    openCredentials: 'Open the credentials',
    openKey: 'Open the API key',
    openKeys: 'Open the API keys',
    openIntegration: 'Open the integration',
    openIntegrations: 'Open the integrations',
    openWebhook: 'Open the webhook',
    openWebhooks: 'Open the webhooks',
    openReview: 'Open the review',
  },
  labels: {
    account: 'Account',
    service: 'Service',
    callsFailSince: 'Calls fail since',
    callsWillFailFrom: 'Calls will fail from',
    failingSince: 'Renewal fails since',
    integrations: 'Affected integrations',
    noIntegration: 'None uses it',
    endsAt: 'Ends',
    environment: 'Environment',
    by: 'By',
    reason: 'Reason',
    seen: 'Seen',
    host: 'Host',
    outcome: 'What was done',
    lastUsed: 'Last used',
    never: 'Never',
    calls: 'Calls that would have failed',
    callers: 'From',
    lastCall: 'Last call',
  },
  leaks: {
    seen: {
      report: 'Told by somebody who holds it',
      github: 'Found by GitHub',
      url: 'In the URL of a request to Fenicia',
      body: 'In the body of a request to Fenicia',
    },
    outcome: {
      revoked: 'The key was revoked at once',
      flagged: 'Nothing yet: the key goes on working until you regenerate or revoke it',
    },
  },
  failing: {
    answered: (status) => `answered with ${status}`,
    unanswered: {
      unreachable: 'the service was not reached',
      timeout: 'the service did not answer in time',
      refused_by_egress: 'the service’s address may not be called',
      broken_off: 'the answer broke off',
      token_unavailable: 'no token could be had for it',
    },
  },
  disabled: ({ reason }) => reason,
  rehearsal: {
    nothingCalled: 'None while it was rehearsed',
    calls: (count) => (count === 1 ? '1 call' : `${count.toLocaleString('en')} calls`),
  },
  digest: {
    keyFindings: {
      never_used: 'never used, and older than 30 days',
      idle: 'not used for 90 days',
      over_scoped: 'with scopes that they do not use',
      maker_left: 'made by somebody who has left',
      retiring: 'replaced, and the old token is still used',
      no_expiry: 'without an expiry',
    },
    credentialFindings: {
      failing: 'failing',
      unconnected: 'that no integration uses',
      idle: 'not used for 90 days',
      maker_left: 'made by somebody who has left',
    },
    keys: (count) => (count === 1 ? '1 API key' : `${count.toLocaleString('en')} API keys`),
    credentials: (count) => (count === 1 ? '1 credential' : `${count.toLocaleString('en')} credentials`),
  },
  notKnown: 'Not known',
  andMore: (count) => `and ${count} more`,
  usedBy: (count) => (count === 1 ? 'used by 1 integration' : `used by ${count} integrations`),
  footer: {
    why: 'You get this since you look after this in the account, or connected the service.',
    choose: 'Choose what you hear of',
  },
}
