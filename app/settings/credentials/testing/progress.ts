import type { StageReport } from '@/lib/credentials'
import type { TestResult } from '../words'
import type { ShownEvent } from './events'

type Server = Extract<ShownEvent, { kind: 'server' }>
type StageName = StageReport['stage']

/** A stage as it is shown while a test runs and afterwards. */
export interface ShownStage {
  stage: StageName
  state: StageReport['outcome'] | 'running' | 'waiting' | 'not reached'
  ms: number | null
}

/** One server that a test calls, with all of its stages. */
export interface ShownServer extends Server {
  stages: ShownStage[]
}

export const stageNames: Record<StageName, string> = {
  address: 'Address',
  connection: 'Connection',
  tls: 'TLS',
  request: 'Request',
  authentication: 'Authentication',
}

export const stateWords: Record<ShownStage['state'], string> = {
  passed: 'Passed',
  failed: 'Failed',
  unproven: 'Not proven',
  running: 'Running',
  waiting: 'Waiting',
  'not reached': 'Not reached',
}

const order: readonly StageName[] = ['address', 'connection', 'tls', 'request', 'authentication']

/** The servers of a test, each with its stages: those that are over, the one that runs, and those that come. */
export function shownServers(events: readonly ShownEvent[], isRunning: boolean): ShownServer[] {
  const servers = events.filter((event): event is Server => event.kind === 'server')
  return servers.map((server) => {
    const over = events.filter(
      (event): event is { kind: 'stage' } & StageReport => event.kind === 'stage' && event.server === server.server,
    )
    // A renewal that somebody else was doing at the time has no stages of its own but the last.
    const isOver = over.some(({ stage, outcome }) => stage === 'authentication' || outcome === 'failed')
    let isNext = isRunning && !isOver
    const stages = order.flatMap((stage): ShownStage[] => {
      const report = over.find((one) => one.stage === stage)
      if (report) return [{ stage, state: report.outcome, ms: report.ms }]
      if (stage === 'tls' && !server.isSecure) return []
      if (isOver && over.at(-1)?.outcome !== 'failed') return []
      const state = isNext ? 'running' : isRunning && !isOver ? 'waiting' : 'not reached'
      isNext = false
      return [{ stage, state, ms: null }]
    })
    return { ...server, stages }
  })
}

const endWords: Record<TestResult, string> = {
  good: 'The test is over: Good.',
  refused: 'The test is over: Refused.',
  unproven: 'The test is over: Not proven.',
  failed: 'The test is over: Failed.',
}

/** What a screen reader is told: the last thing that happened. */
export function announcement(
  events: readonly ShownEvent[],
  end: { result: TestResult; detail: string } | null,
): string {
  if (end) return `${endWords[end.result]} ${end.detail}`
  const last = events.at(-1)
  if (!last) return 'The test is running.'
  if (last.kind === 'server') return `Testing ${last.host}.`
  return `${stageNames[last.stage]}: ${stateWords[last.outcome].toLowerCase()}.`
}
