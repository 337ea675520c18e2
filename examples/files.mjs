// Files that are whole or not there, however a script ends.
import { open, rename, writeFile } from 'node:fs/promises'

/**
 * Writes a file in one go: whoever reads it finds what was there before, or all of the new.
 * @param {string} path
 * @param {string | AsyncIterable<Uint8Array>} content
 * @returns {Promise<number>} its bytes
 */
export async function writeWhole(path, content) {
  const partial = `${path}.part`
  const file = await open(partial, 'w')
  let bytes
  try {
    await writeFile(file, content)
    await file.sync()
    bytes = (await file.stat()).size
  } finally {
    await file.close()
  }
  await rename(partial, path)
  return bytes
}
