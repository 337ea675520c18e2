import { CompactEncrypt, type CompactJWEHeaderParameters, compactDecrypt } from 'jose'
import { VaultError } from './errors'

/** What a sealed value is bound to. A copy of it anywhere else does not open. */
export interface Place {
  accountId: string
  /** Whose value it is, such as `cred_…`. */
  ownerId: string
  field: 'secret' | 'tokens'
}

const text = new TextEncoder()
const ALG = 'dir'
const KEY_WRAP = 'A256GCMKW'
const ENC = 'A256GCM'

/** Header, key (none with `dir`), 96-bit nonce, content, 128-bit tag: decoders forgive what stands around and between. */
const FORM = /^[\w-]+\.[\w-]*\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/

/** 256 bits. */
export const KEY_BYTES = 32

/** A data key as it is used: imported once, and readable by no code of ours from then on. */
export function importDataKey(key: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', new Uint8Array(key), 'AES-GCM', false, ['encrypt', 'decrypt'])
}

/**
 * Seals a value with a data key: JWE compact (RFC 7516), `dir` and A256GCM, a random 96-bit nonce each time.
 * @param dataKeyId stands in the header as `kid`
 */
export function seal(value: string, place: Place, dataKeyId: string, dataKey: CryptoKey): Promise<string> {
  return new CompactEncrypt(text.encode(value))
    .setProtectedHeader({ alg: ALG, enc: ENC, kid: dataKeyId, ...placeHeader(place) })
    .encrypt(dataKey)
}

/** @throws {VaultError} `corrupt` when it was cut, edited, sealed with another key, or belongs elsewhere */
export async function open(sealed: string, place: Place, dataKeyId: string, dataKey: CryptoKey): Promise<string> {
  const where = `The ${place.field} of ${place.ownerId}`
  const plaintext = await decrypt(sealed, dataKey, ALG, { kid: dataKeyId, ...placeHeader(place) }, where)
  return new TextDecoder('utf-8', { fatal: true }).decode(plaintext)
}

/** Wraps a data key with a master key: JWE compact, A256GCMKW (RFC 7518, 4.7), bound to account and data key. */
export function wrap(
  dataKey: Uint8Array,
  { accountId, dataKeyId }: { accountId: string; dataKeyId: string },
  master: { kid: string; key: Uint8Array },
): Promise<string> {
  return new CompactEncrypt(dataKey)
    .setProtectedHeader({ alg: KEY_WRAP, enc: ENC, kid: master.kid, aid: accountId, dk: dataKeyId })
    .encrypt(master.key)
}

/** @throws {VaultError} `corrupt` */
export function unwrap(
  wrapped: string,
  { accountId, dataKeyId }: { accountId: string; dataKeyId: string },
  master: { kid: string; key: Uint8Array },
): Promise<Uint8Array> {
  const bound = { kid: master.kid, aid: accountId, dk: dataKeyId }
  return decrypt(wrapped, master.key, KEY_WRAP, bound, `The data key ${dataKeyId}`)
}

/**
 * Seals a value with a master key itself, bound to its place: for what must be kept while the database, which has the data
 * keys, does not answer.
 */
export function sealWithMaster(value: string, place: Place, master: { kid: string; key: Uint8Array }): Promise<string> {
  return new CompactEncrypt(text.encode(value))
    .setProtectedHeader({ alg: KEY_WRAP, enc: ENC, kid: master.kid, ...placeHeader(place) })
    .encrypt(master.key)
}

/** @throws {VaultError} `corrupt` */
export async function openWithMaster(
  sealed: string,
  place: Place,
  master: { kid: string; key: Uint8Array },
): Promise<string> {
  const bound = { kid: master.kid, ...placeHeader(place) }
  const plaintext = await decrypt(sealed, master.key, KEY_WRAP, bound, `The ${place.field} of ${place.ownerId}`)
  return new TextDecoder('utf-8', { fatal: true }).decode(plaintext)
}

/** What a sealed value of a person is bound to: people belong to several accounts, and hence to no data key. */
export interface PersonalPlace {
  userId: string
  field: 'authenticator'
}

/** Seals a value of a person with a master key itself, bound to its place. */
export function sealPersonal(
  value: string,
  place: PersonalPlace,
  master: { kid: string; key: Uint8Array },
): Promise<string> {
  return new CompactEncrypt(text.encode(value))
    .setProtectedHeader({ alg: KEY_WRAP, enc: ENC, kid: master.kid, ...personalHeader(place) })
    .encrypt(master.key)
}

/** @throws {VaultError} `corrupt` */
export async function openPersonal(
  sealed: string,
  place: PersonalPlace,
  master: { kid: string; key: Uint8Array },
): Promise<string> {
  const bound = { kid: master.kid, ...personalHeader(place) }
  const plaintext = await decrypt(sealed, master.key, KEY_WRAP, bound, `The ${place.field} of ${place.userId}`)
  return new TextDecoder('utf-8', { fatal: true }).decode(plaintext)
}

function personalHeader({ userId, field }: PersonalPlace) {
  return { uid: userId, fld: field }
}

function placeHeader({ accountId, ownerId, field }: Place) {
  return { aid: accountId, cid: ownerId, fld: field }
}

/** The header is authenticated together with the content, so what it says is what the sealer said. */
async function decrypt(
  jwe: string,
  key: CryptoKey | Uint8Array,
  algorithm: string,
  bound: Record<string, string>,
  what: string,
): Promise<Uint8Array> {
  let header: CompactJWEHeaderParameters
  let plaintext: Uint8Array
  try {
    if (!FORM.test(jwe)) throw new TypeError('Not a compact JWE')
    const options = { keyManagementAlgorithms: [algorithm], contentEncryptionAlgorithms: [ENC] }
    ;({ protectedHeader: header, plaintext } = await compactDecrypt(jwe, key, options))
  } catch {
    // Not as a cause: what a library puts into its errors is not ours to promise.
    throw new VaultError('corrupt', `${what} is damaged, or was sealed with another key: it can't be opened.`)
  }
  if (Object.entries(bound).some(([name, value]) => header[name] !== value)) {
    throw new VaultError('corrupt', `${what} is not what was stored there: it was moved from another place.`)
  }
  return plaintext
}
