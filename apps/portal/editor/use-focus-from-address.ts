'use client'
// A link from elsewhere may lead to one thing of a drawing: it is chosen once the drawing is laid out.
import { useEffect } from 'react'
import { useUrlState } from '../browser/url-state'
import type { Workspace } from './workspace-context'

/** The canvas first fits the whole drawing; where it draws only what is in view, it never says that it is done. */
const LAID_OUT_MS = 300

export function useFocusFromAddress(focusOn: Workspace['focusOn']) {
  const [focus, setFocus] = useUrlState('focus')
  useEffect(() => {
    if (focus === '') return
    const timer = setTimeout(() => {
      const [kind = '', id = ''] = focus.split(':')
      focusOn({ kind, id })
      setFocus('')
    }, LAID_OUT_MS)
    return () => clearTimeout(timer)
  }, [focus, setFocus, focusOn])
}
