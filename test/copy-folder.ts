import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * Copies what is in a folder to another one, which is made if it is missing. By the system's `cp`: Node's takes ten times
 * the processor's time for the thousand files of an embedded database.
 * @throws when something can't be read or written, with what `cp` says of it
 */
export async function copyFolder(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-R', `${from}/.`, to])
}
