// What was done, in words? By the action's name in the log; a new one is shown as it is named.

const WORDS: Record<string, string> = {
  'slice.create': 'made the slice',
  'slice.delete': 'deleted the slice',
  'slice.restore': 'brought back the slice',
  'reservation.request': 'booked',
  'reservation.approve': 'approved the booking of',
  'reservation.deny': 'denied the booking of',
  'reservation.withdraw': 'withdrew the booking of',
  'reservation.stop': 'stopped',
  'terminal.open': 'opened a terminal in',
  'project.create': 'made the project',
  'project.update': 'changed the project',
  'project.add-member': 'added somebody to the project',
  'project.set-role': 'changed a role in the project',
  'project.remove-member': 'removed somebody from the project',
  'substrate-node.add': 'added the node',
  'substrate-node.edit': 'changed the node',
  'substrate-node.accept': 'let new slices onto the node',
  'substrate-node.drain': 'lets nothing new onto the node',
  'substrate-node.remove': 'removed the node',
  'substrate-link.add': 'added a link of the substrate',
  'substrate-link.edit': 'changed a link of the substrate',
  'substrate-link.remove': 'removed a link of the substrate',
  'user.set-role': 'changed the role of',
  'user.first-admin': 'became the first admin',
  'user.join': 'joined by an invitation',
  'policy.save': 'changed the policy',
  'course.create': 'made the course',
  'course.add-students': 'added students to the course',
  'course.remove-student': 'removed a student from the course',
  'course.invite': 'made new invitation links for the course',
  'lab.create': 'made the lab',
  'lab.start': 'started the lab',
  'lab.stop': 'stopped the lab',
  'lab.remove': 'removed the lab',
}

export const actionWords = (action: string): string => WORDS[action] ?? action

/** For the filter: what can be looked for, by kind of thing. */
export const ACTION_KINDS = [
  ['', 'Everything'],
  ['slice.', 'Slices'],
  ['reservation.', 'Bookings'],
  ['terminal.', 'Terminals'],
  ['project.', 'Projects'],
  ['course.', 'Courses'],
  ['lab.', 'Labs'],
  ['substrate-', 'Substrate'],
  ['user.', 'People'],
  ['policy.', 'Policy'],
] as const
