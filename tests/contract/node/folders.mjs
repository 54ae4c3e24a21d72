// Report folders for a test: a journal that it makes up, and the reports that the real harness
// derives from it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { programs } from './programs.mjs';

export const NASTY = `]]> </script><script>document.title = 'taken'</script> & <b>bold</b> %0A ü`;

const call = (seq, outcome, asked, more) => ({
  seq,
  endpoint: 'chat.completions',
  model: 'gpt-4o-mini',
  outcome,
  status: outcome === 'miss' ? 404 : 200,
  asked,
  ...more,
});

// What a run with `tests` tests might have been: every seventh fails, one is flaky, one misses a
// fixture, and one was running when the harness was killed.
export function story(tests) {
  const records = [];
  const tell = (event, mono_ms, fields) =>
    records.push({ seq: records.length + 1, at: '2026-11-22T10:00:00.000Z', mono_ms, event, ...fields });
  const name = (i) => (i === 1 ? `test_${NASTY}` : `test_number_${i}`);
  tell('run_started', 0, { run: 'r1', name: `dock ${NASTY}`, version: '0.1.0', llm_mode: 'mock', shard_count: 1 });
  tell('phase_finished', 50, { phase: 'services', detail: '2 ready', duration_ms: 50 });
  tell('discovery_failed', 55, { suite: 'broken', path: 'tests/broken.py', reason: NASTY, output: NASTY });
  const list = Array.from({ length: tests }, (_, i) => ({
    suite: i % 2 ? 'agent' : 'unit', name: name(i), file: 'src/dock_test.cc', line: i + 1,
  }));
  tell('tests_listed', 60, { tests: list, listed: tests, list_sha256: 'a'.repeat(64) });
  list.forEach((test, i) => attempts(tell, `${test.suite}/${test.name}`, i));
  tell('run_interrupted', 100 + tests * 10, { reason: 'SIGTERM' });
  tell('unattributed_calls', 100 + tests * 10, { session: 'default', calls: [call(1, 'fixture', NASTY)], calls_total: 1 });
  return records;
}

function attempts(tell, test, i) {
  const at = 100 + i * 10;
  const end = (attempt, outcome, more = {}) => {
    tell('attempt_started', at + attempt, { test, attempt, session: 's' });
    tell('attempt_finished', at + attempt + 5, { test, attempt, outcome, duration_ms: 5 + (i % 40), ...more });
  };
  const failure = {
    reason: NASTY,
    failures: [{ message: 'expected 3', text: `expected 3, got 4\n${NASTY}`, file: 'src/dock_test.cc', line: i + 1 }],
    output_tail: NASTY,
    log: `logs/${i}.1.log`,
    artifacts: {
      folder: `artifacts/${i}.1`,
      files: [{ name: 'coverage/a b#1?.gcda', bytes: 12 }, { name: '<b>%2e.txt', bytes: 3000 }, { name: '../../x', bytes: 1 }],
      left_out: [{ reason: 'larger than 16 MiB', files: 2 }],
    },
    peak_memory_bytes: 5e6,
    cpu_ms: 3,
  };
  if (i === 2) {
    end(1, 'failed', { ...failure, will_retry: true });
    end(2, 'passed');
  } else if (i === 3) {
    const answered = call(1, 'fixture', 'weather in Oslo', { source: 'fixtures/weather.yaml#asks', answered: 'It is 12 degrees.' });
    const missed = call(2, 'miss', NASTY, { nearest: ['fixtures/weather.yaml#asks: should contain Oslo'], suggestion: 'drydock: fixtures/v1' });
    end(1, 'llm_miss', { reason: '1 call without a fixture', calls: [answered, missed], calls_total: 2, misses: 1 });
  } else if (i === 4) {
    tell('attempt_started', at, { test, attempt: 1, session: 's' });
  } else if (i === 5) {
    end(1, 'skipped', { reason: 'no tide today' });
  } else {
    end(1, i % 7 === 0 ? 'failed' : 'passed', i % 7 === 0 ? failure : {});
  }
}

// {folder, remove}: the folder of these records with all its reports. `text` may stand after them.
export function reportFolder(records, text = '') {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-reports-'));
  const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  writeFileSync(join(folder, 'journal.jsonl'), lines + text);
  // Without GITHUB_*: where these tests are a step themselves, its summary is not for made-up runs.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GITHUB_')));
  const ended = spawnSync(join(programs, 'harness'), ['report', 'recover', folder], { encoding: 'utf8', env });
  if (ended.status === null || ended.status === 2) throw new Error(`no reports: ${ended.stderr}`);
  return { folder, code: ended.status, remove: () => rmSync(folder, { recursive: true }) };
}
