// A run of the official Node SDK, recorded and replayed byte for byte, with no key on the disk.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';

import OpenAI from 'openai';

import { SDK_FIXTURES, startMockllm } from './programs.mjs';

const UPSTREAM_KEY = 'sk-upstream-0a1b2c3d4e5f6071';
const APPLICATION_KEY = 'sk-mock-r1.node-recorded.1';
const TEXTS = ['Say hello', 'Speak slowly', 'Compare Oslo and Bergen'];
const TOOL = { type: 'function', function: { name: 'get_weather', parameters: { type: 'object' } } };

// What an application does; the sha256 of each body that it gets.
async function runOfAnAgent(server) {
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: APPLICATION_KEY });
  const digests = [];
  for (const content of TEXTS) {
    for (const stream of [false, true]) {
      const messages = [{ role: 'user', content }];
      const request = { model: 'gpt-4o-mini', messages, tools: [TOOL], stream };
      const response = await client.chat.completions.create(request).asResponse();
      const body = Buffer.from(await response.arrayBuffer());
      digests.push(createHash('sha256').update(body).digest('hex'));
    }
  }
  return digests;
}

async function allFiles(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')));
}

it('replays a recorded run byte for byte', async (t) => {
  const cassettes = await mkdtemp(join(tmpdir(), 'cassettes-'));
  t.after(() => rm(cassettes, { recursive: true }));
  const upstream = await startMockllm(['--fixtures', SDK_FIXTURES]);
  t.after(upstream.stop);
  const recorder = await startMockllm(
    [
      ...['--upstream', `${upstream.url}/v1`, '--cassettes', cassettes],
      ...['--upstream-key-env', 'REAL_LLM_KEY'],
    ],
    { verb: 'record', env: { REAL_LLM_KEY: UPSTREAM_KEY } },
  );
  t.after(recorder.stop);
  const recorded = await runOfAnAgent(recorder);
  assert.equal(await recorder.stop(), 0);

  const replayer = await startMockllm(['--cassettes', cassettes]);
  t.after(replayer.stop);
  assert.deepEqual(await runOfAnAgent(replayer), recorded);

  const kept = await allFiles(cassettes);
  assert.ok(kept.length > 0);
  for (const content of kept) {
    assert.ok(!content.includes(UPSTREAM_KEY));
    assert.ok(!content.includes(APPLICATION_KEY));
  }
});
