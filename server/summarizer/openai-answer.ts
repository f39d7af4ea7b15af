// A stream of chat chunks as claims: each line is one, and its marks say which lines of the material it rests on.
import type OpenAI from 'openai';
import { ProviderError, type Vendor } from '../ai/trouble.ts';
import type { Claim, Line } from '../hub/ports-ai.ts';
import { createLines, type WrittenLine } from './lines.ts';
import { readMarks } from './marks.ts';
import type { Tokens } from './tab.ts';

const CUT = 'The answer was cut: it became too long.';

/**
 * Yields claims as they become whole; returns a note when the answer is not.
 * @throws ProviderError when it ends otherwise than well
 */
export async function* readAnswer(
  chunks: AsyncIterable<OpenAI.ChatCompletionChunk>,
  material: readonly Line[],
  tokens: Tokens,
  { name, model }: Vendor,
): AsyncGenerator<Claim, string | undefined, undefined> {
  const lines = createLines();
  let reason: string | null = null;
  let refused = false;
  let given = 0;
  const claimsOf = (written: readonly WrittenLine[]) =>
    written.map(({ text: line }): Claim => {
      const { text, numbers } = readMarks(line);
      // Of a number that no line has, a name that no line has.
      return { text, cites: numbers.map(number => material[number - 1]?.id ?? `[${number}]`) };
    });
  for await (const { choices = [], usage } of chunks) {
    if (usage) {
      const cached = usage.prompt_tokens_details?.cached_tokens ?? 0;
      tokens.input = usage.prompt_tokens - cached;
      tokens.cacheRead = cached;
      tokens.output = usage.completion_tokens;
    }
    const [choice] = choices;
    if (!choice) continue;
    reason = choice.finish_reason ?? reason;
    if (choice.delta?.refusal) refused = true;
    for (const claim of claimsOf(lines.add(choice.delta?.content ?? ''))) {
      given++;
      yield claim;
    }
  }
  if (reason === null) throw new ProviderError('away', `${name} broke off in the middle.`, { again: true });
  if (refused || reason === 'content_filter')
    throw new ProviderError('declined', `${name} declined to answer.`);
  if (reason === 'length') {
    if (given === 0)
      throw new ProviderError(
        'too_long',
        `What was asked leaves no room for an answer in ${model} of ${name}.`,
      );
    return CUT;
  }
  yield* claimsOf(lines.end());
  return undefined;
}
