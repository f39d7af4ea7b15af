// OpenAI, or any server that speaks its language (Ollama, vLLM, LM Studio …), as a Summarizer: numbered lines in, marked statements out.
import OpenAI from 'openai';
import { OPENAI_MODELS } from '#shared/ai-models.ts';
import { createBreaker } from '../ai/breaker.ts';
import { firstLook } from '../ai/first-look.ts';
import { type OpenAiAddress, openAiClient } from '../ai/openai-client.ts';
import { openAiError } from '../ai/openai-error.ts';
import { TEMPO, type Tempo } from '../ai/tempo.ts';
import { noModel, ProviderError, type Vendor } from '../ai/trouble.ts';
import { openWatchdog, type Watchdog } from '../ai/watchdog.ts';
import type { Log } from '../hub/ports.ts';
import type { Line, Summarizer, SummaryRequest } from '../hub/ports-ai.ts';
import { conduct } from './conduct.ts';
import { defuse } from './marks.ts';
import { readAnswer } from './openai-answer.ts';
import { outputLimit, rules, task } from './prompt.ts';
import { createTab } from './tab.ts';

export interface OpenAiOptions extends OpenAiAddress {
  readonly model: string;
  readonly log: Log;
  readonly tempo?: Partial<Tempo>;
  readonly now?: () => number;
}

const CITING =
  'The material is a list of lines, each with its number in brackets. End each statement with the numbers of the lines that it rests on, each in brackets of its own, like [12][14].';
/** Models of one's own often have no more room than 32,000 tokens. */
const MAX_CHARS = { openai: 350_000, own: 60_000 };
const FREE = { input: 0, output: 0, cacheWrite: 0, cacheRead: 0 };

/** Asks in the background whether key and model are good; until it knows otherwise it is ready. */
export function openOpenAi(options: OpenAiOptions): Summarizer {
  const { model, log, now = Date.now } = options;
  const tempo = { ...TEMPO, ...options.tempo };
  const { client, own, name } = openAiClient(options);
  const vendor: Vendor = {
    name,
    model,
    settings: { key: 'OPENAI_API_KEY', model: 'OPENAI_MODEL', address: 'OPENAI_BASE_URL' },
  };
  const breaker = createBreaker({ name: vendor.name, tempo, now });
  const closing = new AbortController();
  const asError = (thrown: unknown): ProviderError => openAiError(thrown, vendor, now());

  const ask = async (request: SummaryRequest, watchdog: Watchdog) => {
    const limit = outputLimit(request);
    return client.withOptions({ fetch: watchdog.fetch }).chat.completions.create(
      {
        model,
        messages: [
          { role: 'system', content: rules(CITING) },
          { role: 'user', content: `${material(request.lines)}\n\n${task(request)}` },
        ],
        stream: true,
        stream_options: { include_usage: true },
        // OpenAI's models know the first name alone, most servers the second.
        ...(own ? { max_tokens: limit } : { max_completion_tokens: limit }),
        // A recap needs little thought. Models that do not think refuse the word.
        ...(!own && OPENAI_MODELS.includes(model) && { reasoning_effort: 'low' as const }),
      },
      { signal: watchdog.signal },
    );
  };

  const look = async () => {
    using watchdog = openWatchdog(vendor.name, tempo, closing.signal);
    try {
      const { data } = await client
        .withOptions({ fetch: watchdog.fetch })
        .models.list({ signal: watchdog.signal });
      const offered = data.map(({ id }) => id);
      // Ollama lists names with a tag that may be left out.
      if (offered.includes(model) || offered.includes(`${model}:latest`)) return;
      throw noModel(vendor, offered);
    } catch (thrown) {
      // A server without a list of its models may have this one all the same.
      if (own && thrown instanceof OpenAI.NotFoundError) return;
      throw watchdog.stalled ?? thrown;
    }
  };
  const looked = firstLook(look, {
    provider: 'OpenAI',
    model,
    breaker,
    asError,
    closing: closing.signal,
    log,
  });

  return {
    provider: 'openai',
    model,
    maxChars: own ? MAX_CHARS.own : MAX_CHARS.openai,
    state: breaker.state,
    summarize(request, signal) {
      return conduct(
        {
          vendor,
          tempo,
          breaker,
          tab: createTab('openai', model, own ? FREE : undefined),
          asError,
          async *answer(watchdog, tokens) {
            return yield* readAnswer(await ask(request, watchdog), request.lines, tokens, vendor);
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

/** One line each, whatever people wrote: a break would let them begin a line of their own, and a number in brackets cite another's. */
function material(lines: readonly Line[]): string {
  const numbers = new Map(lines.map(({ id }, index) => [id, index + 1]));
  return lines
    .map(({ by, at, text, replyTo }, index) => {
      const to = replyTo === undefined ? undefined : numbers.get(replyTo);
      const when = at.slice(0, 16).replace('T', ' ');
      return `[${index + 1}] ${flat(by)} (${when}${to ? `, answering [${to}]` : ''}): ${flat(text)}`;
    })
    .join('\n');
}

const flat = (text: string) => defuse(text.replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ⏎ '));
