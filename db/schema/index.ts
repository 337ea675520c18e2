export * from './accounts'
export * from './api-keys'
export * from './audit'
export * from './throttle'
