// Specs that arrive twice, late, out of order, changed or cut short, and a second agent: the agent answers, and nothing
// changes.
import { type Fault, onNode, pick } from './fault'

const REPLAY = `
const { spec } = JSON.parse(require("fs").readFileSync("/var/lib/myvini/spec.json", "utf8"));
const socket = require("net").connect("/run/myvini/agent.sock");
const send = (id, s) => socket.write(JSON.stringify({ id, method: "apply", spec: s }) + "\\n");
send(1, { ...spec, generation: Math.max(1, spec.generation - 1), slivers: [] }); send(2, spec);
send(3, { ...spec, slivers: [] }); send(4, { ...spec, generation: Math.max(1, spec.generation - 2) }); send(5, spec);
socket.write("{\\"id\\": 6, \\"method\\": \\"app\\n");
let text = "", answers = [];
socket.on("data", (d) => { text += d; const lines = text.split("\\n"); text = lines.pop();
  for (const l of lines) { const m = JSON.parse(l); if (!m.event) answers.push(m.ok ? "ok" : m.problem.code) }
  if (answers.length >= 6) { console.log(answers.join(" ")); process.exit(0) } });
setTimeout(() => process.exit(0), 3000);
`.replaceAll('\n', ' ')

export const specs = {
  'specs twice, late and out of order': ({ world, random }) =>
    onNode(world, pick(random, world.ring), `node -e '${REPLAY}' 2>&1 | tail -n 1`),
  'second agent by hand': ({ world, random }) =>
    onNode(
      world,
      pick(random, world.ring),
      'timeout 10 /var/lib/myvini/agent/boot 2>&1 | grep -o "^Error: another agent.*" | head -n 1',
    ),
} satisfies Record<string, Fault>
