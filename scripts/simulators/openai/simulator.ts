// OpenAI's API on loopback, or a server that speaks its language: chat as streams, embeddings, models, and faults.
import type { z } from 'zod';
import type { Fault } from '../models/faults.ts';
import { type Asked, type ModelServer, openModelServer, type Reply } from '../models/server.ts';
import { extractive, type Writer } from '../models/writer.ts';
import { chatEvents, errorEvent, PING, promptTokens } from './chat.ts';
import { beyond, embeddings } from './embeddings.ts';
import { chatRequest, embeddingRequest } from './request.ts';

export interface OpenAiSimulator extends ModelServer {
  /** For OPENAI_API_KEY. */
  readonly apiKey: string;
  /** For OPENAI_BASE_URL. */
  readonly base: string;
  /** Chat models by name, with the tokens that go in. */
  readonly chat: Map<string, number>;
  /** Embedding models by name, with the numbers that they give. */
  readonly embedding: Map<string, number>;
  /** What stands in for the model. */
  writer: Writer;
  /** Some servers give numbers whatever is asked for. */
  ignoresBase64: boolean;
  /** Some servers want no key. */
  keyless: boolean;
}

const CODES: Readonly<Record<number, string | null>> = {
  401: 'invalid_api_key',
  404: 'model_not_found',
  429: 'rate_limit_exceeded',
};
/** Only these are made shorter on request. */
const SHORTENS = /^text-embedding-3-/;

export async function openOpenAiSimulator({
  port = 0,
  apiKey = 'sk-simulated',
}: {
  port?: number;
  apiKey?: string;
} = {}): Promise<OpenAiSimulator> {
  const problem = (status: number, code = CODES[status] ?? null, message = 'Simulated.'): Reply => {
    const type =
      code === 'insufficient_quota' ? code : status < 500 ? 'invalid_request_error' : 'server_error';
    return { status, body: { error: { message, type, param: null, code } } };
  };
  const invalid = (error: z.ZodError) => {
    const issue = error.issues[0];
    return problem(400, null, `${issue?.path.join('.')}: ${issue?.message}`);
  };

  function chat({ body }: Asked, fault: Fault | undefined) {
    const parsed = chatRequest.safeParse(body);
    if (!parsed.success) return invalid(parsed.error);
    const window = simulator.chat.get(parsed.data.model);
    if (window === undefined) return problem(404, undefined, `no model ${parsed.data.model}`);
    if (promptTokens(parsed.data) > window)
      return problem(400, 'context_length_exceeded', `more than ${window} tokens`);
    if (!parsed.data.stream) return problem(400, null, 'only streams are simulated');
    return { events: chatEvents(parsed.data, simulator.writer, fault), ping: PING, error: errorEvent };
  }

  function embed({ body }: Asked, fault: Fault | undefined): Reply {
    const parsed = embeddingRequest.safeParse(body);
    if (!parsed.success) return invalid(parsed.error);
    const { model, input, dimensions, encoding_format } = parsed.data;
    const native = simulator.embedding.get(model);
    if (native === undefined) return problem(404, undefined, `no model ${model}`);
    if (dimensions !== undefined && (!SHORTENS.test(model) || dimensions > native))
      return problem(400, null, `dimensions: not for ${model}`);
    const wrong = beyond(typeof input === 'string' ? [input] : input);
    if (wrong) return problem(400, null, wrong);
    const count = fault?.kind === 'dimensions' ? fault.count : (dimensions ?? native);
    const base64 = encoding_format === 'base64' && !simulator.ignoresBase64;
    return { status: 200, body: embeddings(parsed.data, { dimensions: count, base64 }) };
  }

  const server = await openModelServer({
    port,
    problem,
    answer(asked, fault) {
      const { method, path, headers } = asked;
      if (!simulator.keyless && headers.authorization !== `Bearer ${apiKey}`) return problem(401);
      const call = `${method} ${path}`;
      if (call === 'POST /v1/chat/completions') return chat(asked, fault);
      if (call === 'POST /v1/embeddings') return embed(asked, fault);
      if (call !== 'GET /v1/models') return problem(404, 'unknown_url', `no ${call}`);
      const ids = [...simulator.chat.keys(), ...simulator.embedding.keys()];
      const data = ids.map(id => ({ id, object: 'model', created: 1_790_000_000, owned_by: 'simulated' }));
      return { status: 200, body: { object: 'list', data } };
    },
  });
  const simulator: OpenAiSimulator = Object.assign(server, {
    apiKey,
    base: `${server.url}/v1`,
    chat: new Map([
      ['gpt-6-luna', 922_000],
      ['gpt-6.1-sol', 922_000],
      ['llama3.3:8b', 8000],
    ]),
    embedding: new Map([
      ['text-embedding-3-small', 1536],
      ['text-embedding-3-large', 3072],
      ['nomic-embed-text', 768],
    ]),
    writer: extractive,
    ignoresBase64: false,
    keyless: false,
  });
  return simulator;
}
