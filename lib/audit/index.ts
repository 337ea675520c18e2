export { type Actor, type Origin, operatorActor, systemActor } from './actor'
export { recordAuditEvent, recordAuditEvents } from './record'
