// Which file inside a virtual host is meant? The host's own kernel view resolves it, links and all; here it is only made
// absolute, and refused where it could not be meant.
import { fail, ok, type Result } from '../result'
import { INSIDE_LIMITS } from './request'

const HOME = '/root'

const refuse = (field: string, message: string, hint: string) =>
  fail({ code: 'file.path', message, hint, subject: { kind: 'field' as const, id: field } })

/** At most four bytes a character in UTF-8, so this never lets a path through that is too long. */
const utf8Bytes = (text: string): number => {
  let bytes = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return bytes
}

/** An absolute path without `.`, empty steps or a slash at its end; what is not absolute is meant from /root on. */
export function hostPath(text: string, field = 'path'): Result<string> {
  if (text.includes('\0')) return refuse(field, `${field}: no path holds a zero byte.`, 'Give it without.')
  const steps = (text.startsWith('/') ? text : `${HOME}/${text}`)
    .split('/')
    .filter((step) => step !== '' && step !== '.')
  if (steps.includes('..'))
    return refuse(field, `${field}: "${text.slice(0, 80)}" goes up by "..".`, 'Give the path from / on, without "..".')
  const path = `/${steps.join('/')}`
  if (utf8Bytes(path) >= INSIDE_LIMITS.pathBytes || steps.some((step) => utf8Bytes(step) > 255))
    return refuse(
      field,
      `${field}: the path is longer than files can be named.`,
      `A name has at most 255 bytes, a path ${INSIDE_LIMITS.pathBytes - 1}.`,
    )
  return ok(path)
}

/** Of a file that is to be: a folder has no content. */
export function filePath(text: string, field = 'path'): Result<string> {
  if (text === '' || text.endsWith('/'))
    return refuse(field, `${field}: "${text.slice(0, 80)}" names no file.`, 'Give the name of the file too.')
  const path = hostPath(text, field)
  return path.ok && path.value === '/'
    ? refuse(field, `${field}: / is a folder.`, 'Give the name of a file in it.')
    : path
}

/** Of what is in a folder; both as `hostPath` gives them. */
export const pathIn = (folder: string, name: string): string => `${folder === '/' ? '' : folder}/${name}`

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
