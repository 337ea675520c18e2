export { type Actor, type Origin, operatorActor, systemActor } from './actor'
export {
  type AuditEventPage,
  type AuditEventView,
  countOlderEvents,
  listAuditEvents,
  listAuditEventsOf,
  readAuditEvents,
} from './list'
export {
  type AuditKind,
  auditKinds,
  listAuditEventsQuery,
} from './query'
export { type AuditAction, auditActions, recordAuditEvent, recordAuditEvents } from './record'
export { recordRefusedAttempt } from './refusals'
