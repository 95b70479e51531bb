/** Whether the rail is narrow: read by the server, so that the page comes as it was left. */
export const RAIL_COOKIE = 'myvini-rail'
