import { afterEach, expect } from 'vitest'
import { Egress } from '@/lib/egress'
import type { ConnectionOptions, Resolve } from '@/lib/egress/connection'
import { type EgressError, isEgressError } from '@/lib/egress/errors'
import { type EgressPolicy, parseAllowance } from '@/lib/egress/policy'
import { type Listener, listen } from './listener'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})

/** A listener that ends with the test. */
export async function server(...args: Parameters<typeof listen>): Promise<Listener> {
  const listener = await listen(...args)
  opened.push(listener)
  return listener
}

/** A port of loopback at which nobody listens. */
export async function closedPort(): Promise<number> {
  const listener = await listen(() => {})
  await listener.close()
  return listener.port
}

export function policyOf(...items: string[]): EgressPolicy {
  return { allow: items.map((item) => parseAllowance(item) ?? expect.fail(`${item} is no item`)) }
}

/** An `Egress` that ends with the test. */
export function egressWith(items: string[], options: Partial<ConnectionOptions> = {}): Egress {
  const egress = new Egress(policyOf(...items), { connectMs: 2000, ...options })
  opened.push(egress)
  return egress
}

/** Answers with what a test says that names mean, one answer after the other, and counts how often it is asked. */
export function resolver(...answers: string[][]): Resolve & { asked(): number } {
  let asked = 0
  const resolve: Resolve = async () => {
    const addresses = answers[Math.min(asked, answers.length - 1)] as string[]
    asked += 1
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  }
  return Object.assign(resolve, { asked: () => asked })
}

export const failingResolver =
  (code: string): Resolve =>
  () =>
    Promise.reject(Object.assign(new Error(`getaddrinfo ${code}`), { code }))

/** How a call failed. */
export async function failureOf(call: Promise<unknown>): Promise<EgressError> {
  const error = await call.then(
    () => expect.fail('was answered'),
    (thrown: unknown) => thrown,
  )
  if (!isEgressError(error)) throw error
  return error
}
