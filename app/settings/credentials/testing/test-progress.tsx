'use client'

import { Spinner } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'
import { EndedMark, ErrorMark, SuccessMark, WarningMark } from '@/components/ui/icons'
import { TestStatus } from '../test-status'
import type { TestReport } from '../words'
import { announcement, type ShownServer, type ShownStage, shownServers, stageNames, stateWords } from './progress'
import type { TestRun } from './use-test'

/** A test as it happens: each server with its stages, and in the end what was found, what the server said and what to do. */
export function TestProgress({ test, className }: { test: TestRun; className?: string }) {
  const { phase, events, report } = test
  const servers = shownServers(events, phase === 'running')
  return (
    <div className={cn('grid grid-cols-[minmax(0,1fr)] gap-4', className)}>
      <p role="status" className="sr-only">
        {phase === 'cancelled' ? 'The test was cancelled.' : phase === 'refused' ? null : announcement(events, report)}
      </p>
      {servers.length === 0 && phase === 'running' ? (
        <p className="flex items-center gap-2 text-muted-foreground text-sm">
          <Spinner />
          Testing …
        </p>
      ) : null}
      {servers.map((server) => (
        <ServerStages
          key={server.server}
          server={server}
          isOnly={servers.length === 1 && server.server === 'service'}
        />
      ))}
      {phase === 'cancelled' ? (
        <p className="text-muted-foreground text-sm">The test was cancelled, and says nothing of the credential.</p>
      ) : null}
      {report ? <Finding report={report} /> : null}
    </div>
  )
}

function ServerStages({ server, isOnly }: { server: ShownServer; isOnly: boolean }) {
  const title = server.server === 'token' ? 'Token endpoint' : 'Service'
  return (
    <section className="grid gap-1.5" aria-label={`${title}: ${server.host}`}>
      <h3 className="flex flex-wrap items-baseline gap-x-2 text-sm">
        {isOnly ? null : <span className="font-medium">{title}</span>}
        <code className="font-mono text-muted-foreground text-xs [overflow-wrap:anywhere]">{server.host}</code>
      </h3>
      <ol className="divide-y divide-border rounded border border-border">
        {server.stages.map((stage) => (
          <Stage key={stage.stage} {...stage} />
        ))}
      </ol>
    </section>
  )
}

function Stage({ stage, state, ms }: ShownStage) {
  const isQuiet = state === 'waiting' || state === 'not reached'
  return (
    <li className={cn('flex min-h-9 items-center gap-2.5 px-3 py-1.5 text-sm', isQuiet && 'text-muted-foreground')}>
      <span className="grid size-4 shrink-0 place-items-center">
        <StageMark state={state} />
      </span>
      <span className="min-w-0 flex-1">{stageNames[stage]}</span>
      {ms === null ? null : <span className="text-muted-foreground text-xs tabular-nums">{ms} ms</span>}
      <span className="w-20 text-right">{stateWords[state]}</span>
    </li>
  )
}

function StageMark({ state }: Pick<ShownStage, 'state'>) {
  switch (state) {
    case 'passed':
      return <SuccessMark className="size-3 text-success" />
    case 'failed':
      return <ErrorMark className="size-3 text-destructive" />
    case 'unproven':
      return <WarningMark className="size-3 text-warning" />
    case 'running':
      return <Spinner />
    default:
      return <EndedMark className="size-3 text-muted-foreground" />
  }
}

/** What was found, what to do, and what the server said. */
function Finding({ report: { result, detail, advice, answer } }: { report: TestReport }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <div className="grid gap-1 text-sm [overflow-wrap:anywhere]">
        <p>
          <TestStatus result={result} className="font-medium" />
        </p>
        <p>{detail}</p>
        {advice ? <p className="text-muted-foreground">{advice}</p> : null}
      </div>
      {answer && result !== 'good' ? <ServerAnswer answer={answer} /> : null}
    </div>
  )
}

function ServerAnswer({ answer }: { answer: NonNullable<TestReport['answer']> }) {
  const lines = [
    `Status ${answer.status}`,
    answer.location && `Location: ${answer.location}`,
    answer.www_authenticate && `WWW-Authenticate: ${answer.www_authenticate}`,
    answer.retry_after && `Retry-After: ${answer.retry_after}`,
  ].filter(Boolean)
  return (
    <figure className="min-w-0 rounded border border-border bg-background">
      <figcaption className="border-border border-b px-3 py-1.5 text-muted-foreground text-xs">
        What the server said. Secrets in it are blanked.
      </figcaption>
      <pre className="max-h-60 overflow-y-auto whitespace-pre-wrap px-3 py-2.5 font-mono text-xs leading-5 [overflow-wrap:anywhere]">
        {lines.join('\n')}
        {answer.excerpt ? `\n\n${answer.excerpt}` : null}
      </pre>
    </figure>
  )
}
