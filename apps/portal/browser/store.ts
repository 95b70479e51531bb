'use client'
// A value outside React that many small components look at, each at its own part.
import { useRef, useSyncExternalStore } from 'react'

export interface Watched<T> {
  get: () => T
  subscribe: (watcher: () => void) => () => void
}

export class Store<T extends object> implements Watched<T> {
  private readonly watchers = new Set<() => void>()

  constructor(private value: T) {}

  get = (): T => this.value

  set = (patch: Partial<T>): void => {
    const changed = Object.entries(patch).some(([key, value]) => Reflect.get(this.value, key) !== value)
    if (!changed) return
    this.value = { ...this.value, ...patch }
    for (const watcher of this.watchers) watcher()
  }

  subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }
}

/** Renders again only when what `pick` gives is another thing than before. `pick` gives parts, it makes nothing new. */
export function useWatched<T, P>(store: Watched<T>, pick: (value: T) => P): P {
  const latest = useRef(pick)
  latest.current = pick
  const look = () => latest.current(store.get())
  return useSyncExternalStore(store.subscribe, look, look)
}
