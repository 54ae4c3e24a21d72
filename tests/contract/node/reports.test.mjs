// What a run leaves, read by packages that others use: the reference implementation of CTRF, and two
// readers of JUnit.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { validate } from 'ctrf';
import { parse as parseJunit } from 'junit2json';
import { parse as parseResults } from 'test-results-parser';

import { reportFolder, story } from './folders.mjs';

const TESTS = 30;
// Of the story: 0, 7, 14, 21 and 28 fail, 3 misses, 4 was running, one file cannot be listed.
const FAILED = 5;
const OTHER_RED = 3;

describe('the reports of a run', () => {
  let reports;
  before(() => {
    reports = reportFolder(story(TESTS));
  });
  after(() => reports?.remove());
  const path = (name) => join(reports.folder, name);

  it('end as the run ended', () => {
    assert.equal(reports.code, 20);
  });

  it('hold a CTRF document that its schema accepts', () => {
    const document = JSON.parse(readFileSync(path('ctrf.json'), 'utf8'));

    assert.deepEqual(validate(document), { valid: true, errors: [] });
    assert.equal(document.results.tests.length, TESTS + 1);
    assert.equal(document.results.summary.failed, FAILED + OTHER_RED);
    assert.equal(document.results.summary.flaky, 1);
    const failed = document.results.tests.find((test) => test.name === 'test_number_7');
    assert.deepEqual(failed.attachments.map((file) => file.path),
      ['logs/7.1.log', 'artifacts/7.1/coverage/a b#1?.gcda', 'artifacts/7.1/<b>%2e.txt', 'artifacts/7.1/../../x']);
    document.results.tests[0].status = 'fine';
    assert.equal(validate(document).valid, false);
  });

  it('hold a junit.xml that junit2json reads', async () => {
    const read = await parseJunit(readFileSync(path('junit.xml'), 'utf8'));
    const cases = read.testsuite.flatMap((suite) => suite.testcase);

    assert.equal(cases.length, TESTS + 1);
    assert.equal(cases.filter((test) => test.failure).length, FAILED);
    assert.equal(cases.filter((test) => test.error).length, OTHER_RED);
    assert.equal(cases.filter((test) => test.skipped).length, 1);
    assert.equal(new Set(cases.map((test) => `${test.classname} ${test.name}`)).size, cases.length);
  });

  it('hold a junit.xml that test-results-parser reads', () => {
    const result = parseResults({ type: 'junit', files: [path('junit.xml')] });

    assert.equal(result.total + result.skipped, TESTS + 1);
    assert.equal(result.failed, FAILED);
    assert.equal(result.errors, OTHER_RED);
    assert.equal(result.skipped, 1);
    assert.equal(result.status, 'FAIL');
  });
});
