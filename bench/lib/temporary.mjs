// Folders that do not outlive the run, however it ends.
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new folder, gone when this process is. */
export async function temporaryFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'fenicia-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}
