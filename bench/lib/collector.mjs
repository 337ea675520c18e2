// Loaded into a server whose memory is measured: collects garbage when asked, and tells what is left.
import { memoryUsage } from 'node:process'

process.on('message', () => {
  globalThis.gc?.()
  process.send?.(memoryUsage())
})
// Measuring must not keep a server alive that has ended its work.
process.channel?.unref()
