// Claude's stream of events as claims: text comes in blocks, each with the citations that it rests on.
import type Anthropic from '@anthropic-ai/sdk';
import { ProviderError } from '../ai/trouble.ts';
import type { Claim } from '../hub/ports-ai.ts';
import type { Material } from './claude-material.ts';
import { createLines } from './lines.ts';
import type { Tokens } from './tab.ts';

const CUT = 'The answer was cut: it became too long.';

/**
 * Yields claims as they become whole; returns a note when the answer is not.
 * @throws ProviderError when it ends otherwise than well
 */
export async function* readAnswer(
  events: AsyncIterable<Anthropic.MessageStreamEvent>,
  material: Material,
  tokens: Tokens,
): AsyncGenerator<Claim, string | undefined, undefined> {
  const lines = createLines();
  let block: { text: string; cites: string[] } | undefined;
  let reason: Anthropic.StopReason | null = null;
  let whole = false;
  let given = 0;
  for await (const event of events) {
    switch (event.type) {
      case 'message_start':
        count(tokens, event.message.usage);
        break;
      case 'content_block_start':
        // Thinking is neither text nor ours.
        block =
          event.content_block.type === 'text' ? { text: event.content_block.text, cites: [] } : undefined;
        break;
      case 'content_block_delta':
        if (!block) break;
        if (event.delta.type === 'text_delta') block.text += event.delta.text;
        if (event.delta.type === 'citations_delta' && event.delta.citation.type === 'search_result_location')
          block.cites.push(...material.cited(event.delta.citation));
        break;
      case 'content_block_stop':
        // Not before: citations may follow the text that they are for.
        for (const claim of block ? lines.add(block.text, block.cites) : []) {
          given++;
          yield claim;
        }
        block = undefined;
        break;
      case 'message_delta':
        count(tokens, event.usage);
        reason = event.delta.stop_reason ?? reason;
        break;
      case 'message_stop':
        whole = true;
        break;
    }
  }
  if (!whole) throw new ProviderError('away', 'Claude broke off in the middle.', { again: true });
  if (reason === 'refusal') throw new ProviderError('declined', 'Claude declined to answer.');
  if (reason === 'model_context_window_exceeded')
    throw new ProviderError('too_long', 'What was asked does not fit into the model of Claude.');
  if (reason === 'max_tokens') {
    if (given === 0) throw new ProviderError('too_long', 'Claude used up its room before it said anything.');
    return CUT;
  }
  if (reason !== 'end_turn' && reason !== 'stop_sequence')
    throw new ProviderError('away', `Claude stopped for a reason that the hub does not know.`, {
      again: true,
    });
  yield* lines.end();
  return undefined;
}

function count(tokens: Tokens, told: Partial<Record<keyof Anthropic.MessageDeltaUsage, unknown>>): void {
  const number = (value: unknown, before: number) => (typeof value === 'number' ? value : before);
  tokens.input = number(told.input_tokens, tokens.input);
  tokens.cacheWrite = number(told.cache_creation_input_tokens, tokens.cacheWrite);
  tokens.cacheRead = number(told.cache_read_input_tokens, tokens.cacheRead);
  tokens.output = number(told.output_tokens, tokens.output);
}
