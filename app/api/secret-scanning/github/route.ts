import { requestOrigin } from '@/app/request'
import { isEgressError } from '@/lib/egress/errors'
import { isRefusal } from '@/lib/errors'
import { takeGithubMessage } from '@/lib/leaks'
import { log } from '@/lib/log'
import { getRuntime } from '@/lib/runtime'

/** Messages have one entry for each match; GitHub says nothing of how many that may be. */
const MAX_BODY_BYTES = 5 * 1024 * 1024

/** Where GitHub's secret scanning tells of tokens that were found in public; see docs/secret-scanning.md. */
export async function POST(request: Request): Promise<Response> {
  const length = Number(request.headers.get('content-length') ?? Number.NaN)
  if (!(length <= MAX_BODY_BYTES)) return answer(413, { error: `The body must be ${MAX_BODY_BYTES} bytes or fewer.` })
  const message = {
    body: Buffer.from(await request.arrayBuffer()),
    keyId: request.headers.get('github-public-key-identifier'),
    signature: request.headers.get('github-public-key-signature'),
  }
  const { database, githubKeys, jobs } = getRuntime()
  const { device: _, ...from } = await requestOrigin()
  try {
    const feedback = await takeGithubMessage(database.db, githubKeys, message, from)
    jobs?.trigger('notifications.deliver')
    return answer(200, feedback)
  } catch (error) {
    if (isEgressError(error) || (isRefusal(error) && error.code === 'unavailable')) {
      log.warn({ err: error }, 'A message of GitHub’s could not be checked')
      return answer(503, { error: 'GitHub’s signing keys can’t be read right now.' })
    }
    if (isRefusal(error)) return answer(error.code === 'forbidden' ? 403 : 400, { error: error.message })
    throw error
  }
}

function answer(status: number, body: unknown): Response {
  return Response.json(body, { status, headers: { 'Cache-Control': 'no-store' } })
}
