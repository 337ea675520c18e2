import type { IncomingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { isCodedOtherwise } from '../transfer-coding'
import type { Call } from './call'
import { EgressError, toEgressError } from './errors'
import type { EgressLimits, EgressResponse } from './request'

/** Bytes of an answer that are kept for a reader who is slower than the service. */
const KEPT_BYTES = 64 * 1024

/** Headers of which an answer has one line. Of several, undici makes a list, which is not what their type promises. */
const SINGLE = ['age', 'content-type', 'date', 'etag', 'expires', 'last-modified', 'location', 'retry-after', 'server']

/**
 * One request and its answer, as undici tells of them. undici's own `request` makes a promise, an asynchronous resource and
 * a stream of its own for each call; to bound that stream takes a second one and a pipeline, which cost more than the call.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #call: Call
  readonly #limits: Pick<EgressLimits, 'maxHeaders' | 'maxBodyBytes'>
  readonly #onClose: () => void
  #controller: Dispatcher.DispatchController | undefined
  #answered: ((answer: EgressResponse) => void) | undefined
  #failed: ((error: unknown) => void) | undefined
  #body: AnswerBody | undefined
  #sent: Readable | undefined

  /** @param onClose called once the answer's body is over, however it ended */
  constructor(call: Call, limits: Pick<EgressLimits, 'maxHeaders' | 'maxBodyBytes'>, onClose: () => void) {
    this.#call = call
    this.#limits = limits
    this.#onClose = onClose
  }

  /**
   * Sends the request and answers once the headers are there.
   * @throws what undici says, or what ended the call: no later than that, even where a connection is still waited for
   */
  send(dispatcher: Dispatcher, request: Dispatcher.DispatchOptions): Promise<EgressResponse> {
    const { signal } = this.#call
    if (request.body instanceof Readable) this.#sent = request.body
    return new Promise((resolve, reject) => {
      this.#answered = resolve
      this.#failed = reject
      signal.addEventListener('abort', () => this.#abort(signal.reason), { once: true })
      dispatcher.dispatch(request, this)
    })
  }

  #abort(reason: EgressError): void {
    this.#failed?.(reason)
    if (this.#body) this.#body.destroy(reason)
    else this.#controller?.abort(reason)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // It has waited for a connection meanwhile.
    if (this.#call.signal.aborted) controller.abort(this.#call.signal.reason)
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) {
      this.#call.countInformational()
      return
    }
    this.#call.answered()
    const body = new AnswerBody(controller, this.#limits.maxBodyBytes, this.#onClose)
    this.#body = body
    const unfit =
      countLines(headers) > this.#limits.maxHeaders
        ? 'too_large'
        : isCodedOtherwise(headers['transfer-encoding'])
          ? 'protocol'
          : null
    if (unfit !== null) {
      const error = new EgressError(unfit, 'request')
      body.destroy(error)
      this.#failed?.(error)
    } else this.#answered?.({ status, headers: withSingleLines(headers), body, received: () => body.received })
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body?.accept(chunk)
  }

  onResponseEnd(): void {
    this.#body?.finish()
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#failed?.(error)
    // After whoever waits for the answer had it, and could listen.
    if (this.#body) queueMicrotask(() => this.#body?.destroy(error))
    this.#sent?.on('error', () => {}).destroy(error)
  }
}

/**
 * An answer's body, as it comes. It ends with an `EgressError` once it is larger than allowed or breaks off. Destroying it
 * before its end closes the connection. An error that nobody listens to is dropped, since a caller may not want the body at
 * all.
 */
class AnswerBody extends Readable {
  /** Bytes that came so far. */
  received = 0
  readonly #source: Dispatcher.DispatchController
  readonly #maxBytes: number
  readonly #onClose: () => void
  #isWhole = false

  constructor(source: Dispatcher.DispatchController, maxBytes: number, onClose: () => void) {
    super({ highWaterMark: KEPT_BYTES })
    this.#source = source
    this.#maxBytes = maxBytes
    this.#onClose = onClose
    this.on('error', () => {})
  }

  accept(chunk: Buffer): void {
    if (this.destroyed) return
    this.received += chunk.length
    if (this.received > this.#maxBytes) this.destroy(new EgressError('too_large', 'request'))
    else if (!this.push(chunk)) this.#source.pause()
  }

  finish(): void {
    this.#isWhole = true
    this.push(null)
  }

  override _read(): void {
    this.#source.resume()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.#isWhole) this.#source.abort(error ?? new EgressError('aborted', 'request'))
    this.#onClose()
    done(error && toEgressError(error, 'request'))
  }
}

function countLines(headers: IncomingHttpHeaders): number {
  let lines = 0
  for (const name in headers) {
    const value = headers[name]
    lines += Array.isArray(value) ? value.length : 1
  }
  return lines
}

/** The first line of what there is one of, as `node:http` has it. */
function withSingleLines(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  for (const name of SINGLE) {
    const value: unknown = headers[name]
    if (Array.isArray(value)) headers[name] = value[0]
  }
  return headers
}
