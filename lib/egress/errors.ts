/** What a call goes through, in this order. A URL that is refused as it stands fails in the first. */
export type EgressStage = 'address' | 'connection' | 'tls' | 'request'

/**
 * What each code means, in words that may leave the server: they name no address, no header and nothing that the other
 * side sent. Whoever shows them adds what to do.
 */
const MEANINGS = {
  url_refused: 'This is not an address that Fenicia can call.',
  scheme_refused: 'Only https:// addresses may be called; http:// needs the operator’s permission.',
  address_refused: 'This address may not be called.',
  name_unknown: 'No server has this name.',
  name_unavailable: 'The name could not be looked up just now.',
  connection_refused: 'The server does not accept connections at this port.',
  connection_reset: 'The server closed the connection.',
  unreachable: 'The server can not be reached from here.',
  tls_expired: 'The server’s certificate has expired or is not valid yet.',
  tls_self_signed: 'The server’s certificate is self-signed.',
  tls_untrusted: 'The server’s certificate comes from an authority that is not trusted, or its chain is incomplete.',
  tls_name_mismatch: 'The server’s certificate is for another name.',
  tls_other: 'No secure connection to the server could be agreed on.',
  timeout_connect: 'The server did not take the connection in time.',
  timeout_headers: 'The server did not begin its answer in time.',
  timeout_body: 'The server did not finish its answer in time.',
  too_large: 'The server’s answer is larger than allowed.',
  protocol: 'The server’s answer is not valid HTTP.',
  request_refused: 'The request has a method or a header that may not be sent.',
  aborted: 'The call was ended before it was answered.',
} as const

export type EgressErrorCode = keyof typeof MEANINGS

const EGRESS_ERROR = Symbol.for('fenicia.egress-error')

/**
 * A call that did not come to its end. It carries no cause: those of sockets, certificates and parsers hold addresses and
 * what was received. Recognise it by `isEgressError`: Next compiles modules several times.
 */
export class EgressError extends Error {
  override name = 'EgressError'
  readonly [EGRESS_ERROR] = true

  /** @param message instead of what the code says in general; as free of what was sent or received */
  constructor(
    readonly code: EgressErrorCode,
    /** The stage that failed. */
    readonly stage: EgressStage,
    message: string = MEANINGS[code],
  ) {
    super(message)
  }
}

export function isEgressError(error: unknown): error is EgressError {
  return typeof error === 'object' && error !== null && EGRESS_ERROR in error
}

const CODES: Record<string, EgressErrorCode> = {
  ENOTFOUND: 'name_unknown',
  ENODATA: 'name_unknown',
  EAI_AGAIN: 'name_unavailable',
  ECONNREFUSED: 'connection_refused',
  ECONNRESET: 'connection_reset',
  EPIPE: 'connection_reset',
  ETIMEDOUT: 'timeout_connect',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EACCES: 'unreachable',
  EPERM: 'unreachable',
  CERT_HAS_EXPIRED: 'tls_expired',
  CERT_NOT_YET_VALID: 'tls_expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls_self_signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls_untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls_untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'tls_untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls_untrusted',
  CERT_UNTRUSTED: 'tls_untrusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls_name_mismatch',
  UND_ERR_HEADERS_TIMEOUT: 'timeout_headers',
  UND_ERR_BODY_TIMEOUT: 'timeout_body',
  UND_ERR_HEADERS_OVERFLOW: 'too_large',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'too_large',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'protocol',
  UND_ERR_INVALID_ARG: 'request_refused',
  UND_ERR_NOT_SUPPORTED: 'request_refused',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'request_refused',
  UND_ERR_ABORTED: 'aborted',
  UND_ERR_DESTROYED: 'aborted',
  UND_ERR_CLOSED: 'aborted',
  ABORT_ERR: 'aborted',
  ERR_STREAM_PREMATURE_CLOSE: 'aborted',
}

/** What remains at each stage when an error's code is not known. */
const OTHERS: Record<EgressStage, EgressErrorCode> = {
  address: 'name_unavailable',
  connection: 'unreachable',
  tls: 'tls_other',
  request: 'protocol',
}

/** Tells what the resolver, a socket, TLS or undici throws as one of our errors; ours stay as they are. */
export function toEgressError(error: unknown, stage: EgressStage): EgressError {
  if (isEgressError(error)) return error
  const { code, errors, message } = error as { code?: string; errors?: unknown[]; message?: string }
  // Several addresses were tried: that one of them refuses says more than that others can't be reached.
  if (Array.isArray(errors) && errors.length > 0) {
    const all = errors.map((each) => toEgressError(each, stage))
    return all.find((each) => each.code === 'connection_refused') ?? (all[0] as EgressError)
  }
  // undici gives one code to sockets that were closed and to answers that it could not make sense of.
  if (code === 'UND_ERR_SOCKET') {
    return new EgressError(message?.startsWith('bad ') ? 'protocol' : 'connection_reset', stage)
  }
  return new EgressError(CODES[code ?? ''] ?? OTHERS[stage], stage)
}
