export { type Actor, type Origin, operatorActor, systemActor } from './actor'
export { recordAuditEvent } from './record'
