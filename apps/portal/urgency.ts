// What of all that a page is told of may somebody be waiting for? A slice that has come up or gone; how far its parts are, and
// all else, is looked at as time allows.
export const isUrgent = ({ kind }: { kind: string }): boolean => kind === 'slice' || kind === 'gap'
