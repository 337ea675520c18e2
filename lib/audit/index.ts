export { type Actor, type Origin, operatorActor, systemActor } from './actor'
export { type AuditEventView, listAuditEventsOf } from './list'
export { recordAuditEvent, recordAuditEvents } from './record'
