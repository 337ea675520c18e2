export { Egress } from './agent'
