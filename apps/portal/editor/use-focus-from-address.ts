'use client'
// A link from elsewhere may lead to one thing of a drawing: it is chosen once the drawing is laid out.
import { useNodesInitialized } from '@xyflow/react'
import { useEffect } from 'react'
import { useUrlState } from '../browser/url-state'
import type { Workspace } from './workspace-context'

export function useFocusFromAddress(focusOn: Workspace['focusOn']) {
  const [focus, setFocus] = useUrlState('focus')
  const ready = useNodesInitialized()
  useEffect(() => {
    if (!ready || focus === '') return
    const [kind = '', id = ''] = focus.split(':')
    focusOn({ kind, id })
    setFocus('')
  }, [ready, focus, setFocus, focusOn])
}
