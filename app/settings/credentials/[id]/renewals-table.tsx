import { RelativeTime } from '@/components/ui/relative-time'
import { Status } from '@/components/ui/status'
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table'
import { type Renewal, reasonWords, resultLook } from './renewals'

/** Renewals, the latest first: why each was tried, how it ended, and what comes next. */
export function RenewalsTable({ renewals, busy }: { renewals: readonly Renewal[]; busy: boolean }) {
  return (
    <Table aria-label="Renewals" aria-busy={busy}>
      <TableHeader>
        <TableRow>
          <TableHead>Result</TableHead>
          <TableHead>When</TableHead>
          <TableHead>Why</TableHead>
          <TableHead>What came of it</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {renewals.map((renewal) => {
          const { tone, word } = resultLook(renewal)
          return (
            <TableRow key={renewal.id}>
              <TableCell>
                <Status tone={tone}>{word}</Status>
              </TableCell>
              <TableCell label="When">
                <RelativeTime value={renewal.started_at} />
              </TableCell>
              <TableCell label="Why">{reasonWords[renewal.reason]}</TableCell>
              <TableCell label="What came of it" wrap>
                <Outcome renewal={renewal} />
              </TableCell>
            </TableRow>
          )
        })}
      </TableBody>
    </Table>
  )
}

function Outcome({ renewal: { result, detail, error, next_at } }: { renewal: Renewal }) {
  if (result === 'renewed') {
    return next_at ? (
      <>
        The token ends <RelativeTime value={next_at} />
      </>
    ) : (
      'The service does not say when the token ends'
    )
  }
  if (result === 'unknown' && !detail) return 'The process that renewed ended before the answer was stored'
  return (
    <span className="grid gap-0.5">
      <span>
        {detail ?? '–'}
        {error && !detail?.includes(error) ? (
          <>
            {' '}
            <code className="font-mono text-xs">{error}</code>
          </>
        ) : null}
      </span>
      {(result === 'retrying' || result === 'unknown') && next_at ? (
        <span className="text-muted-foreground text-xs">
          Next try <RelativeTime value={next_at} />
        </span>
      ) : null}
    </span>
  )
}
