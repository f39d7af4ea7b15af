// Claude as a Summarizer: streamed, with citations that the vendor checks against what it was given, and with prompt caching.
import Anthropic from '@anthropic-ai/sdk';
import { CLAUDE_MODELS } from '#shared/ai-models.ts';
import { createBreaker } from '../ai/breaker.ts';
import { firstLook } from '../ai/first-look.ts';
import { TEMPO, type Tempo } from '../ai/tempo.ts';
import { noModel, ProviderError, retryAfterOf, troubleOf, type Vendor } from '../ai/trouble.ts';
import { openWatchdog, type Watchdog } from '../ai/watchdog.ts';
import type { Log } from '../hub/ports.ts';
import type { Summarizer, SummaryRequest } from '../hub/ports-ai.ts';
import { readAnswer } from './claude-answer.ts';
import { materialOf } from './claude-material.ts';
import { conduct } from './conduct.ts';
import { outputLimit, rules, task } from './prompt.ts';
import { createTab } from './tab.ts';

export interface ClaudeOptions {
  readonly apiKey: string;
  readonly model: string;
  /** Without a slash at the end. */
  readonly url: string;
  readonly log: Log;
  readonly tempo?: Partial<Tempo>;
  readonly now?: () => number;
}

const CITING =
  'The material is given as search results, one for what one speaker said in a row. Cite them for each statement.';
/** About 100,000 tokens of English: where Claude Haiku 5.5 gets dearer, and a tenth of what goes in. */
const MAX_CHARS = 350_000;

/** Asks in the background whether key and model are good; until it knows otherwise it is ready. */
export function openClaude(options: ClaudeOptions): Summarizer {
  const { apiKey, model, url, log, now = Date.now } = options;
  const tempo = { ...TEMPO, ...options.tempo };
  const vendor: Vendor = {
    name: 'Claude',
    model,
    settings: { key: 'CLAUDE_API_KEY', model: 'CLAUDE_MODEL', address: 'CLAUDE_BASE_URL' },
  };
  const breaker = createBreaker({ name: vendor.name, tempo, now });
  const closing = new AbortController();
  // Its own tries would neither be counted nor end with the caller's patience.
  const client = new Anthropic({ apiKey, authToken: null, baseURL: url, maxRetries: 0, logLevel: 'off' });
  const asError = (thrown: unknown): ProviderError => {
    if (thrown instanceof ProviderError) return thrown;
    if (!(thrown instanceof Anthropic.APIError)) return troubleOf({}, vendor);
    const { status, headers, type } = thrown;
    const long = status === 400 && /prompt is too long/i.test(thrown.message);
    const code = long ? 'prompt_too_long' : (type ?? undefined);
    return troubleOf({ status, code, retryAfterMs: retryAfterOf(headers, now()) }, vendor);
  };

  const ask = async (request: SummaryRequest, watchdog: Watchdog, blocks: Anthropic.ContentBlockParam[]) =>
    client.withOptions({ fetch: watchdog.fetch }).messages.create(
      {
        model,
        max_tokens: outputLimit(request),
        system: rules(CITING),
        messages: [{ role: 'user', content: [...blocks, { type: 'text', text: task(request) }] }],
        // A recap needs little thought. Other models may not know the word.
        ...(CLAUDE_MODELS.includes(model) && { output_config: { effort: 'low' } }),
        stream: true,
      },
      { signal: watchdog.signal },
    );

  const look = async () => {
    using watchdog = openWatchdog(vendor.name, tempo, closing.signal);
    const { models } = client.withOptions({ fetch: watchdog.fetch });
    try {
      const info = await models.retrieve(model, {}, { signal: watchdog.signal });
      if (info.lifecycle === 'retired') throw noModel(vendor, CLAUDE_MODELS);
      if (info.lifecycle === 'deprecated')
        log.warn({ model, retires: info.retires_at }, 'the model in CLAUDE_MODEL will be retired');
    } catch (thrown) {
      closing.signal.throwIfAborted();
      const error = watchdog.stalled ?? asError(thrown);
      if (thrown instanceof Anthropic.NotFoundError) {
        const offered = await models.list({ limit: 20 }, { signal: watchdog.signal });
        throw noModel(
          vendor,
          offered.data.filter(({ lifecycle }) => lifecycle !== 'retired').map(({ id }) => id),
        );
      }
      throw error;
    }
  };
  const looked = firstLook(look, {
    provider: 'Claude',
    model,
    breaker,
    asError,
    closing: closing.signal,
    log,
  });

  return {
    provider: 'claude',
    model,
    maxChars: MAX_CHARS,
    state: breaker.state,
    summarize(request, signal) {
      const material = materialOf(request.lines);
      return conduct(
        {
          vendor,
          tempo,
          breaker,
          tab: createTab('claude', model),
          asError,
          async *answer(watchdog, tokens) {
            return yield* readAnswer(await ask(request, watchdog, material.blocks), material, tokens);
          },
        },
        AbortSignal.any([signal, closing.signal]),
      );
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new ProviderError('away', 'The hub is closing.'));
      await looked;
    },
  };
}
