// The real mockllm, started for a test and ended with it. DRYDOCK_BIN_DIR and DRYDOCK_ROOT say where
// the programs and the checkout are: these files run as a copy beside the packages they import.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const START_TIMEOUT_MS = 20_000;
const root = process.env.DRYDOCK_ROOT ?? new URL('../../..', import.meta.url).pathname;
export const programs = process.env.DRYDOCK_BIN_DIR ?? join(root, 'build/release/bin');

export const SDK_FIXTURES = join(root, 'tests/contract/fixtures.yaml');

// Resolves to {url, stop}, once the server answers requests. Who starts it stops it; stop() may be
// called twice, and resolves to the exit code.
export async function startMockllm(args, { verb = 'serve', env = {} } = {}) {
  const child = spawn(join(programs, 'mockllm'), [verb, '--port', '0', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    return (await ended)[0];
  };
  const line = await firstLine(child);
  const match = /^listening on (http:\/\/\S+:\d+)$/.exec(line);
  if (!match) throw new Error(`the first line should be the address, is ${JSON.stringify(line)}`);
  return { url: match[1], stop };
}

async function firstLine(child) {
  const lines = createInterface({ input: child.stdout });
  const signal = AbortSignal.timeout(START_TIMEOUT_MS);
  const [line] = await Promise.race([once(lines, 'line', { signal }), once(lines, 'close')]);
  return line;
}

export async function journal(server, session) {
  const answer = await fetch(`${server.url}/_mock/sessions/${session}/journal`);
  return (await answer.json()).calls;
}
