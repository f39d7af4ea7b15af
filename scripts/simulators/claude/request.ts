// What the Messages API takes, as far as the hub could send it: everything else is refused, as the vendor refuses it.
import { z } from 'zod';

const cacheControl = z.strictObject({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).optional() });
const text = z.strictObject({
  type: z.literal('text'),
  text: z.string().min(1, 'text content blocks must be non-empty'),
  cache_control: cacheControl.optional(),
  citations: z.array(z.unknown()).max(0, 'citations cannot be sent back').nullable().optional(),
});
const searchResult = z.strictObject({
  type: z.literal('search_result'),
  source: z.string().min(1),
  title: z.string().min(1),
  content: z.array(text).min(1),
  citations: z.strictObject({ enabled: z.boolean() }).optional(),
  cache_control: cacheControl.optional(),
});
const content = z.union([z.string().min(1), z.array(z.union([text, searchResult])).min(1)]);

/** Without temperature, top_p and top_k: the version 2026-10-21 has them no more. */
export const messagesRequest = z.strictObject({
  model: z.string(),
  max_tokens: z.int().min(1).max(128_000),
  messages: z.array(z.strictObject({ role: z.enum(['user', 'assistant']), content })).min(1),
  system: z.union([z.string(), z.array(text)]).optional(),
  stop_sequences: z.array(z.string()).optional(),
  metadata: z.strictObject({ user_id: z.string().optional() }).optional(),
  output_config: z.strictObject({ effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']) }).optional(),
  stream: z.boolean().optional(),
});
export type MessagesRequest = z.infer<typeof messagesRequest>;

export const countRequest = messagesRequest.omit({ max_tokens: true, stream: true });

type SearchResult = z.infer<typeof searchResult>;

export const blocksOf = ({ messages }: Pick<MessagesRequest, 'messages'>) =>
  messages.flatMap(message =>
    typeof message.content === 'string'
      ? [{ type: 'text' as const, text: message.content }]
      : message.content,
  );

export const searchResultsOf = (request: Pick<MessagesRequest, 'messages'>): SearchResult[] =>
  blocksOf(request).filter((block): block is SearchResult => block.type === 'search_result');

/** What the model is told beside the material. */
export function toldOf(request: Pick<MessagesRequest, 'messages' | 'system'>): string {
  const { system = [] } = request;
  const rules = typeof system === 'string' ? [system] : system.map(block => block.text);
  const tasks = blocksOf(request).flatMap(block => (block.type === 'text' ? [block.text] : []));
  return [...rules, ...tasks].join('\n');
}
