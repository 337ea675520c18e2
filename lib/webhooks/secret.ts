import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { Secret } from '../vault/secret'

const PREFIX = 'whsec_'

/** A new signing secret: `whsec_` and 32 random bytes in base64 (Standard Webhooks, “Signature scheme”). */
export function newWebhookSecret(): Secret {
  return new Secret(`${PREFIX}${randomBytes(32).toString('base64')}`)
}

/** A secret in all the forms by which a receiver may know it: the key alone, as libraries hold it, is as good. */
export function tracesOf(secret: Secret): Secret[] {
  const key = secret.reveal().slice(PREFIX.length)
  const bytes = Buffer.from(key, 'base64')
  return [secret, ...[key, bytes.toString('base64url'), bytes.toString('hex')].map((form) => new Secret(form))]
}

/**
 * The headers of a message (Standard Webhooks, “Webhook headers”): its id, the time of the attempt, and a signature by each
 * secret, so that a receiver may hold either while they change.
 * @param body as it is sent
 */
export function signedHeaders(
  id: string,
  at: Date,
  body: string,
  secrets: readonly Secret[],
): readonly (readonly [name: string, value: string])[] {
  return [
    ['webhook-id', id],
    ['webhook-timestamp', String(Math.floor(at.getTime() / 1000))],
    ['webhook-signature', secrets.map((secret) => new Webhook(secret.reveal()).sign(id, at, body)).join(' ')],
  ]
}
