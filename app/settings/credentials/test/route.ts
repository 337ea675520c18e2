import { z } from 'zod'
import { type ActionAnswer, answer } from '@/app/action-answer'
import { requireActor } from '@/app/session'
import { testReportResource } from '@/lib/api/credential-resources'
import {
  credentialChanges,
  credentialForm,
  type TestEvent,
  testChanges,
  testCredential,
  testForm,
} from '@/lib/credentials'
import { credentialStore } from '@/lib/credentials/runtime'
import { invalidField, Refusal } from '@/lib/errors'
import { parseInput } from '@/lib/input'
import { problemOf } from '../refusal-words'
import type { TestLine } from '../testing/events'
import type { TestReport } from '../words'
import { lineStream } from './line-stream'

/** Far more than a form with the longest secrets. */
const MAX_BODY = 512 * 1024

const subject = z.strictObject({
  credential_id: z.string().max(128).nullable(),
  form: z.unknown().optional(),
  changes: z.unknown().optional(),
})

/**
 * Tests a form that is not saved, or a stored credential as it is or with changes, and tells of each stage as it is over:
 * a line of JSON each, see `TestLine`. Closing the connection ends the test.
 */
export function POST(request: Request): Response {
  const { stream, write, close, signal } = lineStream<TestLine>(request.signal)
  const onEvent = (event: TestEvent) => write(event)
  void answer(() => run(request, { onEvent, signal }))
    .then((result) => write(lastLine(result)))
    .finally(close)
  return new Response(stream, {
    headers: {
      'Content-Type': 'application/x-ndjson; charset=utf-8',
      // A reverse proxy must not hold a line back. That no cache keeps it, `proxy.ts` says of all that is personal.
      'X-Accel-Buffering': 'no',
    },
  })
}

async function run(
  request: Request,
  options: { onEvent: (event: TestEvent) => void; signal: AbortSignal },
): Promise<TestReport> {
  // Like “Try it”, it sends a secret for whoever sits at the page, and shows what the service says of it.
  const actor = await requireActor('credentials:test', { recentPassword: true })
  const { id: userId } = actor
  if (userId === null) throw new Refusal('forbidden', 'Only a person can test here.')
  const person = { ...actor, id: userId }
  const { credential_id: id, form, changes } = parseInput(subject, await readBody(request))
  const store = credentialStore()
  if (id === null) {
    const report = await testForm(store, person, parseInput(credentialForm, form), null, options)
    return testReportResource(report, report)
  }
  if (changes === undefined) return testReportResource(await testCredential(store, person, id, options))
  // Another address of the service would show, to whoever may only test, what the credential opens.
  await requireActor('credentials:update')
  const report = await testChanges(store, person, id, parseInput(credentialChanges, changes), options)
  return testReportResource(report, report)
}

async function readBody(request: Request): Promise<unknown> {
  const bytes = Number(request.headers.get('content-length') ?? Number.NaN)
  // Browsers always say how much they send.
  if (!(bytes <= MAX_BODY)) throw invalidField('body', 'The form is too long to be tested.')
  try {
    return JSON.parse(await request.text())
  } catch {
    throw invalidField('body', 'The form arrived incomplete. Try again.', 'invalid_format')
  }
}

function lastLine(result: ActionAnswer<TestReport>): TestLine {
  if (result.ok) return { kind: 'report', ...result.value }
  const { code, message, fields } = problemOf(result, 'test')
  return { kind: 'refused', code, message, fields }
}
