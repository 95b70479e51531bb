// The field in which the files of the chosen host are named for saving: a menu leads to it.
export const SAVE_NAME = 'inspector-save-name'

export function focusSaveName() {
  // A menu gives the focus back to what it was opened from when it closes; this comes after.
  setTimeout(() => {
    const field = document.getElementById(SAVE_NAME)
    field?.focus({ preventScroll: true })
    field?.scrollIntoView({ block: 'nearest' }) // no further than the panel has to: the page itself stays
  }, 50)
}
