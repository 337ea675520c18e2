export { isDatabaseUnavailable } from '@/db/errors'
