// Claude's API on loopback, for tests and local work: messages as streams with citations, models, token counts, a prompt cache, and faults.
import type { z } from 'zod';
import type { Fault } from '../models/faults.ts';
import { type Asked, type ModelServer, openModelServer, type Reply } from '../models/server.ts';
import { extractive, tokensOf, type Writer } from '../models/writer.ts';
import { answerEvents, type Counted, errorEvent, PING } from './answer.ts';
import { findModel, inWire, models } from './models.ts';
import { blocksOf, countRequest, type MessagesRequest, messagesRequest, toldOf } from './request.ts';

export interface ClaudeSimulator extends ModelServer {
  /** For CLAUDE_API_KEY. */
  readonly apiKey: string;
  /** What stands in for the model. */
  writer: Writer;
}

const VERSION = '2026-10-21';
const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};
/** A cached prefix is at least so long. */
const LEAST_CACHED = 1024;

export async function openClaudeSimulator({
  port = 0,
  apiKey = 'sk-ant-simulated',
}: {
  port?: number;
  apiKey?: string;
} = {}): Promise<ClaudeSimulator> {
  const cache = new Set<string>();
  const problem = (status: number, code = TYPES[status] ?? 'api_error', message = 'Simulated.'): Reply => ({
    status,
    headers: { 'request-id': 'req_simulated' },
    body: { type: 'error', error: { type: code, message }, request_id: 'req_simulated' },
  });
  const invalid = (error: z.ZodError) => {
    const issue = error.issues[0];
    return problem(400, undefined, `${issue?.path.join('.')}: ${issue?.message}`);
  };

  /** All before the last mark of the prompt is cached, and read from there the next time. */
  function count(request: Pick<MessagesRequest, 'messages' | 'system' | 'model'>): Counted {
    const blocks = blocksOf(request).map(block => JSON.stringify(block));
    const all = tokensOf(toldOf(request) + blocks.join(''));
    const marked = blocksOf(request).findLastIndex(block => 'cache_control' in block && block.cache_control);
    const prefix = `${request.model}${JSON.stringify(request.system)}${blocks.slice(0, marked + 1).join('')}`;
    const cached = marked < 0 ? 0 : Math.min(tokensOf(prefix), all);
    if (cached < LEAST_CACHED) return { input: all, written: 0, read: 0 };
    if (cache.has(prefix)) return { input: all - cached, written: 0, read: cached };
    cache.add(prefix);
    return { input: all - cached, written: cached, read: 0 };
  }

  function messages({ body }: Asked, fault: Fault | undefined) {
    const parsed = messagesRequest.safeParse(body);
    if (!parsed.success) return invalid(parsed.error);
    const model = findModel(parsed.data.model);
    if (!model || model.lifecycle === 'retired')
      return problem(404, undefined, `model: ${parsed.data.model}`);
    const counted = count(parsed.data);
    if (counted.input + counted.written + counted.read > model.window)
      return problem(400, undefined, `prompt is too long: more than ${model.window} tokens`);
    if (!parsed.data.stream) return problem(400, undefined, 'stream: only streams are simulated');
    const events = answerEvents(parsed.data, { writer: simulator.writer, counted, fault });
    return { events, ping: PING, error: errorEvent };
  }

  const server = await openModelServer({
    port,
    problem,
    answer(asked, fault) {
      const { method, path, headers } = asked;
      const key = headers['x-api-key'] ?? headers.authorization?.replace(/^Bearer /, '');
      if (key !== apiKey) return problem(401, undefined, 'invalid x-api-key');
      if (headers['anthropic-version'] !== VERSION)
        return problem(400, undefined, 'anthropic-version: is not a version that is simulated');
      const call = `${method} ${path}`;
      if (call === 'POST /v1/messages') return messages(asked, fault);
      if (call === 'POST /v1/messages/count_tokens') {
        const parsed = countRequest.safeParse(asked.body);
        if (!parsed.success) return invalid(parsed.error);
        const { input, written, read } = count(parsed.data);
        return { status: 200, body: { input_tokens: input + written + read } };
      }
      if (call === 'GET /v1/models')
        return {
          status: 200,
          body: {
            data: models.map(inWire),
            has_more: false,
            first_id: models[0]?.id,
            last_id: models.at(-1)?.id,
          },
        };
      const model = /^GET \/v1\/models\/(.+)$/.exec(call)?.[1];
      const found = model && findModel(decodeURIComponent(model));
      return found ? { status: 200, body: inWire(found) } : problem(404, undefined, `Not found: ${path}`);
    },
  });
  const simulator: ClaudeSimulator = Object.assign(server, { apiKey, writer: extractive });
  return simulator;
}
