// The official Node SDK: plain answers, streams, tools, errors, sessions.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import OpenAI from 'openai';

import { journal, SDK_FIXTURES, startMockllm } from './programs.mjs';

const HELLO = 'Hello from the dock, with a 🚢 and an é.';
const TOOL = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
  },
};
const asking = (content, more = {}) => ({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content }],
  ...more,
});

describe('the official Node SDK', () => {
  let server;
  let client;
  before(async () => {
    server = await startMockllm(['--fixtures', SDK_FIXTURES]);
    client = clientOf({});
  });
  after(() => server?.stop());
  const clientOf = (fields) =>
    new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'sk-any', maxRetries: 0, ...fields });

  it('gets a plain answer', async () => {
    const completion = await client.chat.completions.create(asking('Say hello'));

    assert.equal(completion.choices[0].message.content, HELLO);
    assert.equal(completion.choices[0].finish_reason, 'stop');
    assert.equal(completion.usage.total_tokens, 24);
    assert.ok(completion._request_id);
  });

  it('reads a raw stream', async () => {
    const chunks = [];
    for await (const chunk of await client.chat.completions.create(
      asking('Say hello', { stream: true, stream_options: { include_usage: true } }),
    )) {
      chunks.push(chunk);
    }

    const deltas = chunks.flatMap((chunk) => chunk.choices.map((choice) => choice.delta));
    assert.equal(deltas[0].role, 'assistant');
    assert.equal(deltas.map((delta) => delta.content ?? '').join(''), HELLO);
    assert.deepEqual(chunks.at(-1).choices, []);
    assert.equal(chunks.at(-1).usage.total_tokens, 24);
    assert.equal(new Set(chunks.map((chunk) => chunk.id)).size, 1);
  });

  it('gathers a stream with its helper', async () => {
    const stream = client.chat.completions.stream(asking('Speak slowly'));

    assert.equal(await stream.finalContent(), 'one two three four five six');
  });

  for (const streamed of [false, true]) {
    const complete = async (request) =>
      streamed
        ? (await client.chat.completions.stream(request).finalChatCompletion()).choices[0]
        : (await client.chat.completions.create(request)).choices[0];
    const how = streamed ? ', streamed' : '';

    it(`has a tool called and gives its result${how}`, async () => {
      const request = asking('What is the weather in Oslo?', { tools: [TOOL] });

      const first = await complete(request);
      assert.equal(first.finish_reason, 'tool_calls');
      const [call] = first.message.tool_calls;
      assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Oslo', unit: 'celsius' });

      request.messages.push(first.message);
      request.messages.push({ role: 'tool', tool_call_id: call.id, content: '12 degrees' });
      const second = await complete(request);
      assert.equal(second.message.content, 'It is 12 degrees in Oslo.');
    });

    it(`has two tools called in parallel${how}`, async () => {
      const choice = await complete(asking('Compare Oslo and Bergen', { tools: [TOOL] }));

      const cities = choice.message.tool_calls.map((call) => JSON.parse(call.function.arguments));
      assert.deepEqual(cities, [{ city: 'Oslo' }, { city: 'Bergen' }]);
      assert.equal(new Set(choice.message.tool_calls.map((call) => call.id)).size, 2);
    });
  }

  it('runs a whole agent with its runner', async () => {
    const asked = [];
    const runner = client.chat.completions.runTools(
      asking('What is the weather in Oslo?', {
        tools: [
          {
            type: 'function',
            function: {
              name: 'get_weather',
              parameters: { type: 'object', properties: { city: { type: 'string' } } },
              parse: JSON.parse,
              function: (given) => {
                asked.push(given.city);
                return '12 degrees';
              },
            },
          },
        ],
      }),
    );

    assert.equal(await runner.finalContent(), 'It is 12 degrees in Oslo.');
    assert.deepEqual(asked, ['Oslo']);
  });

  it('makes an exception of each status', async () => {
    const classes = {
      400: OpenAI.BadRequestError,
      401: OpenAI.AuthenticationError,
      403: OpenAI.PermissionDeniedError,
      404: OpenAI.NotFoundError,
      409: OpenAI.ConflictError,
      422: OpenAI.UnprocessableEntityError,
      429: OpenAI.RateLimitError,
      500: OpenAI.InternalServerError,
    };
    for (const [status, kind] of Object.entries(classes)) {
      await assert.rejects(client.chat.completions.create(asking(`status ${status}`)), kind);
    }
  });

  it('is told of a miss once', async () => {
    const patient = clientOf({ maxRetries: 5, apiKey: 'sk-mock-node.miss.1' });
    await assert.rejects(patient.chat.completions.create(asking('Nobody answers this')), {
      name: 'Error',
      status: 404,
      code: 'no_fixture_match',
    });

    const calls = await journal(server, 'node.miss.1');
    assert.deepEqual(
      calls.map((call) => call.outcome),
      ['miss'],
    );
  });

  it('asks a busy model until it answers', async () => {
    const patient = clientOf({ maxRetries: 2, apiKey: 'sk-mock-node.busy.1' });
    const completion = await patient.chat.completions.create(asking('Are you busy?'));

    assert.equal(completion.choices[0].message.content, 'Not any more.');
    const calls = await journal(server, 'node.busy.1');
    assert.deepEqual(
      calls.map((call) => call.status),
      [429, 503, 200],
    );
  });

  it('names its session in four ways', async () => {
    const ways = {
      prefix: { baseURL: `${server.url}/s/node.ways.1/v1` },
      header: { defaultHeaders: { 'x-mock-session': 'node.ways.1' } },
      baggage: { defaultHeaders: { baggage: 'mockllm.session=node.ways.1' } },
      key: { apiKey: 'sk-mock-node.ways.1' },
    };
    for (const fields of Object.values(ways)) {
      await clientOf(fields).chat.completions.create(asking('Say hello'));
    }

    const calls = await journal(server, 'node.ways.1');
    assert.deepEqual(
      calls.map((call) => call.selected_by),
      Object.keys(ways),
    );
  });

  it('lists models', async () => {
    const models = [];
    for await (const model of client.models.list()) models.push(model.id);

    assert.ok(models.length > 0);
    assert.equal((await client.models.retrieve(models[0])).id, models[0]);
  });
});
