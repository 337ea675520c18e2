import { RelativeTime } from '@/components/ui/relative-time'
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table'
import type { RehearsalResource } from '@/lib/api/review-resources'
import { countText, shortUserAgent } from '../words'

type Calls = NonNullable<RehearsalResource['rehearsal']>['calls']

/** The calls that would have failed: who, from where, what, how often and when last. */
export function RehearsedCalls({ calls }: { calls: Calls }) {
  return (
    <div className="-mx-5 -mb-5 border-border border-t">
      <Table aria-label="Calls that would have failed">
        <TableHeader>
          <TableRow>
            <TableHead>From</TableHead>
            <TableHead>What</TableHead>
            <TableHead>Calls</TableHead>
            <TableHead>First</TableHead>
            <TableHead>Last</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {calls.map((call) => {
            const isRest = call.path === '' && call.address === ''
            return (
              <TableRow key={[call.address, call.user_agent, call.method, call.path, call.integration].join(' ')}>
                <TableCell wrap>
                  <code className="font-mono text-xs [overflow-wrap:anywhere]">
                    {call.address || (isRest ? 'All others' : 'Not known')}
                  </code>
                  {call.user_agent ? (
                    <span
                      className="block truncate @3xl:max-w-40 text-muted-foreground text-xs"
                      title={call.user_agent}
                    >
                      {shortUserAgent(call.user_agent)}
                    </span>
                  ) : null}
                </TableCell>
                <TableCell label="What" wrap>
                  {isRest ? (
                    'Too many to be told apart'
                  ) : (
                    <code className="font-mono text-xs [overflow-wrap:anywhere]">
                      {[call.method, call.integration, call.path].filter(Boolean).join(' ')}
                    </code>
                  )}
                </TableCell>
                <TableCell label="Calls" className="tabular-nums">
                  {countText(call.calls)}
                </TableCell>
                <TableCell label="First">
                  <RelativeTime value={call.first_at} />
                </TableCell>
                <TableCell label="Last">
                  <RelativeTime value={call.last_at} />
                </TableCell>
              </TableRow>
            )
          })}
        </TableBody>
      </Table>
    </div>
  )
}
