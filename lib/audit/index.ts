export { type Actor, type Origin, operatorActor, systemActor } from './actor'
export { type AuditEventView, listAuditEventsOf } from './list'
export { type AuditAction, recordAuditEvent, recordAuditEvents } from './record'
