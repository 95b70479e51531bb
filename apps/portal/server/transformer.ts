// How do answers keep what JSON cannot carry, such as dates, without being walked through value by value? Most of a large
// answer, such as how each of a thousand hosts stands, is JSON as it is; only the rest is superjson's.
import superjson, { type SuperJSONResult } from 'superjson'

/** Superjson refuses these: whoever copies what was read could change what all objects have. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])

/** Whether it comes out of `JSON.parse(JSON.stringify())` as it went in. Answers hold no cycles. */
function isJson(value: unknown): boolean {
  if (value === null) return true
  if (typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  if (typeof value !== 'object') return false
  if (Array.isArray(value)) return value.every(isJson)
  if (Object.getPrototypeOf(value) !== Object.prototype) return false
  for (const key in value) if (FORBIDDEN.has(key) || !isJson((value as Record<string, unknown>)[key])) return false
  return Object.getOwnPropertySymbols(value).length === 0
}

function serialize(value: unknown): SuperJSONResult {
  if (isJson(value)) return { json: value as SuperJSONResult['json'] } // just looked at
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
    return superjson.serialize(value)
  const parts = Object.entries(value)
  const rest = parts.filter(([key, part]) => FORBIDDEN.has(key) || !isJson(part))
  const { json, meta } = superjson.serialize(Object.fromEntries(rest))
  const whole = { ...value, ...(json as object) } as SuperJSONResult['json'] // superjson makes an object of an object
  return meta ? { json: whole, meta } : { json: whole }
}

/** Read by superjson on the other side: what is written is what it would have written, but for the order of keys. */
export const transformer = { serialize, deserialize: superjson.deserialize as (result: SuperJSONResult) => unknown }
