import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'

// An authenticator and a browser in one: makes passkeys and signs with them (WebAuthn Level 3, §6), as what is under test
// can't tell from a real one.

const UP = 0x01
const UV = 0x04
const AT = 0x40

/** What a test may have the device do differently. */
interface Behaviour {
  /** The page that the browser is on. */
  origin?: string
  /** false: nobody showed who they are, by a finger or a PIN. */
  verifiesPerson?: boolean
  /** What its counter says; it counts by itself otherwise. */
  counter?: number
}

/** A passkey on a device. */
export class PasskeyDevice {
  readonly id = randomBytes(16).toString('base64url')
  #keys: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  #counter = 0
  userHandle = ''

  constructor(readonly origin = 'http://localhost:3000') {}

  /** Makes a passkey of what a server asks. */
  create(options: PublicKeyCredentialCreationOptionsJSON, behaviour: Behaviour = {}) {
    this.userHandle = options.user.id
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' })
    const bytes = (text: string) => Buffer.from(text, 'base64url')
    // COSE: EC2, ES256, P-256 (RFC 9053 §7.1.1).
    const key = Buffer.concat([
      Buffer.from('a5010203262001215820', 'hex'),
      bytes(x),
      Buffer.from('225820', 'hex'),
      bytes(y),
    ])
    const id = bytes(this.id)
    const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, key])
    const authData = Buffer.concat([this.#authData(options.rp.id ?? '', AT, behaviour), attested])
    const length = Buffer.from([authData.length >> 8, authData.length & 0xff])
    // {"fmt": "none", "attStmt": {}, "authData": …}
    const attestationObject = Buffer.concat([
      Buffer.from('a363666d74646e6f6e656761747453746d74a0686175746844617461', 'hex'),
      Buffer.from([0x59]),
      length,
      authData,
    ])
    return {
      ...this.#common,
      response: {
        clientDataJSON: this.#clientData('webauthn.create', options.challenge, behaviour),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal'],
      },
    }
  }

  /** Signs what a server asks. */
  sign(options: PublicKeyCredentialRequestOptionsJSON, behaviour: Behaviour = {}) {
    this.#counter++
    const clientDataJSON = this.#clientData('webauthn.get', options.challenge, behaviour)
    const authData = this.#authData(options.rpId ?? '', 0, behaviour)
    const hash = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest()
    const signature = createSign('sha256').update(authData).update(hash).sign(this.#keys.privateKey)
    return {
      ...this.#common,
      response: {
        clientDataJSON,
        authenticatorData: authData.toString('base64url'),
        signature: signature.toString('base64url'),
        userHandle: this.userHandle,
      },
    }
  }

  get #common() {
    return { id: this.id, rawId: this.id, type: 'public-key', clientExtensionResults: {} } as const
  }

  #clientData(type: string, challenge: string, { origin = this.origin }: Behaviour): string {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false })).toString('base64url')
  }

  #authData(rpId: string, flags: number, { verifiesPerson = true, counter = this.#counter }: Behaviour): Buffer {
    const rest = Buffer.alloc(5)
    rest[0] = flags | UP | (verifiesPerson ? UV : 0)
    rest.writeUInt32BE(counter, 1)
    return Buffer.concat([createHash('sha256').update(rpId).digest(), rest])
  }
}
