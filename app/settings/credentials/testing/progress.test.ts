import { expect, it } from 'vitest'
import type { ShownEvent } from './events'
import { announcement, shownServers } from './progress'

const server: ShownEvent = { kind: 'server', server: 'service', host: 'api.example.com', isSecure: true }
const over = (stage: 'address' | 'connection' | 'tls' | 'request' | 'authentication', outcome = 'passed') =>
  ({ kind: 'stage', server: 'service', stage, outcome, ms: 3 }) as ShownEvent
const states = (events: ShownEvent[], isRunning: boolean) =>
  shownServers(events, isRunning).flatMap(({ stages }) => stages.map(({ stage, state }) => `${stage} ${state}`))

it('shows what is over, what runs and what comes', () => {
  expect(states([server, over('address')], true)).toEqual([
    'address passed',
    'connection running',
    'tls waiting',
    'request waiting',
    'authentication waiting',
  ])
})

it('shows what was not reached after a failure, and after Cancel', () => {
  expect(states([server, over('address'), over('connection', 'failed')], true)).toEqual([
    'address passed',
    'connection failed',
    'tls not reached',
    'request not reached',
    'authentication not reached',
  ])
  expect(states([server], false)[0]).toBe('address not reached')
})

it('has no TLS over http', () => {
  expect(states([{ ...server, isSecure: false } as ShownEvent], true)).not.toContain('tls waiting')
})

it('shows only the end of a renewal that somebody else has done', () => {
  expect(states([server, over('authentication')], true)).toEqual(['authentication passed'])
})

it('says one thing at a time', () => {
  expect(announcement([], null)).toBe('The test is running.')
  expect(announcement([server], null)).toBe('Testing api.example.com.')
  expect(announcement([server, over('tls')], null)).toBe('TLS: passed.')
  expect(announcement([server], { result: 'refused', detail: 'The service said no.' })).toBe(
    'The test is over: Refused. The service said no.',
  )
})
