import { Badge } from '@/components/ui/badge'
import { RelativeTime } from '@/components/ui/relative-time'
import { Status, type StatusTone } from '@/components/ui/status'
import type { ApiKey } from './words'

const looks: Record<ApiKey['status'], { tone: StatusTone; word: string }> = {
  active: { tone: 'success', word: 'Active' },
  retiring: { tone: 'progress', word: 'Retiring' },
  paused: { tone: 'stopped', word: 'Paused' },
  retired: { tone: 'ended', word: 'Retired' },
  expired: { tone: 'ended', word: 'Expired' },
  revoked: { tone: 'stopped', word: 'Revoked' },
}

/** A key's status, as a word and a shape. */
export function KeyStatus({ status, rehearsal }: Pick<ApiKey, 'status' | 'rehearsal'>) {
  const { tone, word } = looks[status]
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
      <Status tone={tone}>{word}</Status>
      {rehearsal ? <Badge variant="outline">Rehearsing</Badge> : null}
    </span>
  )
}

/** When a key stops being accepted, or stopped. */
export function KeyEnd({
  apiKey,
}: {
  apiKey: Pick<ApiKey, 'status' | 'expires_at' | 'retires_at' | 'paused' | 'revoked'>
}) {
  const { status, expires_at, retires_at, paused, revoked } = apiKey
  switch (status) {
    case 'active':
      return expires_at ? (
        <>
          Expires <RelativeTime value={expires_at} />
        </>
      ) : (
        'No expiry'
      )
    case 'retiring':
      return retires_at ? (
        <>
          Stops <RelativeTime value={retires_at} />
        </>
      ) : null
    case 'paused':
      return paused ? <RelativeTime value={paused.at} /> : null
    case 'retired':
      return retires_at ? <RelativeTime value={retires_at} /> : null
    case 'expired':
      return expires_at ? <RelativeTime value={expires_at} /> : null
    case 'revoked':
      return revoked ? <RelativeTime value={revoked.at} /> : null
  }
}
