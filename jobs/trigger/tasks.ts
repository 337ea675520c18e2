// What `trigger.dev deploy` builds: every job of the catalogue as a task.
import { catalogue } from '../catalogue'
import { registerTask } from './register'
import { withWorkerRuntime } from './worker'

for (const job of catalogue) registerTask(job, withWorkerRuntime)
