import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { isIP, type LookupFunction, connect as openTcp, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { connect as openTls } from 'node:tls'
import { EgressError, type EgressStage, toEgressError } from './errors'
import { isImpossibleName, isInsideName } from './name'
import { type Destination, type EgressPolicy, isAddressAllowed, isNamed } from './policy'

/** One answer of the resolver. */
export interface ResolvedAddress {
  address: string
  family: number
}

/** All addresses of a name, as the machine resolves it. */
export type Resolve = (name: string) => Promise<ResolvedAddress[]>

const resolveBySystem: Resolve = (name) => lookup(name, { all: true, verbatim: true })

/** Whoever waits for a connection. */
export interface Progress {
  /** Ends the attempt; its reason is what is thrown. */
  signal: AbortSignal
  /** Called as each stage is done, with the one that begins. */
  pass?(next: EgressStage): void
}

/** All that a connection is made with. Nothing of a caller's reaches the socket but this. */
export interface ConnectionOptions {
  policy: EgressPolicy
  resolve?: Resolve
  /** Certificates of authorities (PEM) to trust instead of Node's. */
  ca?: string[]
  /** For look-up, connection and TLS together. */
  connectMs: number
}

/**
 * Connects to a destination: looks its name up once, judges every address of the answer, and dials no others than those, so
 * that a second answer of the resolver is never asked for. One address that is not allowed refuses them all: an answer
 * that mixes public and private addresses is an attack or a mistake.
 * @param secure with TLS 1.2 or later, for the destination's name
 * @throws {EgressError} of the stage that failed; what was begun is closed
 */
export async function openConnection(
  destination: Destination,
  secure: boolean,
  { policy, resolve = resolveBySystem, ca, connectMs }: ConnectionOptions,
  progress: Progress,
): Promise<Socket> {
  const { host, port } = destination
  const { signal } = progress
  let stage: EgressStage = 'address'
  const enter = (next: EgressStage) => {
    stage = next
    progress.pass?.(next)
  }
  const ending = new AbortController()
  const abort = () => ending.abort(signal.reason)
  const timer = setTimeout(() => ending.abort(new EgressError('timeout_connect', stage)), connectMs)
  signal.addEventListener('abort', abort, { once: true })
  let socket: Socket | undefined
  try {
    if (signal.aborted) throw signal.reason
    const addresses = await until(ending.signal, findAddresses(destination, policy, resolve))
    enter('connection')
    const options = { host, port, lookup: answerWith(addresses), autoSelectFamily: true, noDelay: true }
    socket = secure
      ? openTls({
          ...options,
          // An address is no server name (RFC 6066, 3); the certificate is then compared with `host`.
          ...(isIP(host) === 0 && { servername: host }),
          ...(ca && { ca }),
          ALPNProtocols: ['http/1.1'],
          minVersion: 'TLSv1.2',
          rejectUnauthorized: true,
        })
      : openTcp(options)
    // Between two awaits nobody else listens.
    socket.on('error', () => {})
    await once(socket, 'connect', { signal: ending.signal })
    if (secure) {
      enter('tls')
      await once(socket, 'secureConnect', { signal: ending.signal })
    }
    enter('request')
    return socket
  } catch (error) {
    socket?.destroy()
    throw toEgressError(ending.signal.aborted ? ending.signal.reason : error, stage)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

/** @returns addresses that may be dialled: all that the host has */
async function findAddresses(
  destination: Destination,
  policy: EgressPolicy,
  resolve: Resolve,
): Promise<ResolvedAddress[]> {
  const { host } = destination
  const family = isIP(host)
  const addresses = family === 0 ? await resolveName(destination, policy, resolve) : [{ address: host, family }]
  const ours = ownAddresses()
  if (!addresses.every(({ address }) => isAddressAllowed(policy, destination, address, ours))) throw refusal()
  return addresses
}

async function resolveName(
  destination: Destination,
  policy: EgressPolicy,
  resolve: Resolve,
): Promise<ResolvedAddress[]> {
  if (isImpossibleName(destination.host) && !isNamed(policy, destination)) {
    throw new EgressError('name_unknown', 'address', IMPOSSIBLE)
  }
  try {
    const addresses = await resolve(destination.host)
    if (addresses.length === 0) throw new EgressError('name_unknown', 'address')
    return addresses
  } catch (error) {
    // Whether a name exists inside the network is told to nobody whom the operator has not told the name.
    if (isInsideName(destination.host) && !isNamed(policy, destination)) throw refusal()
    throw error
  }
}

const IMPOSSIBLE = 'No server can have this name: names that end in .invalid are kept free for what is none.'

const refusal = () => new EgressError('address_refused', 'address')

/** Interfaces come and go; to ask the system each time costs as much as the rest of what is judged. */
const OWN_ADDRESSES_MS = 1_000

let own: { addresses: ReadonlySet<string>; readAt: number } | undefined

/** The machine's own addresses, as they were within the last second. */
function ownAddresses(): ReadonlySet<string> {
  const now = performance.now()
  if (!own || now - own.readAt > OWN_ADDRESSES_MS) {
    const all = Object.values(networkInterfaces()).flatMap((each = []) => each)
    own = { addresses: new Set(all.map(({ address }) => address)), readAt: now }
  }
  return own.addresses
}

/** A look-up for `net.connect` that knows its answer. */
function answerWith(addresses: ResolvedAddress[]): LookupFunction {
  const [first] = addresses as [ResolvedAddress]
  return (_name, { all }, done) => (all ? done(null, addresses) : done(null, first.address, first.family))
}

/** Waits for a promise that can not be ended, such as a look-up, no longer than until `signal`. */
function until<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason)
    signal.addEventListener('abort', end, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', end))
  })
}
