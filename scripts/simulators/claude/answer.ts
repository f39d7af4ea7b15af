// An answer of the Messages API as its stream of events, written by the rule that stands in for the model.
import type { Fault } from '../models/faults.ts';
import { tokensOf, type Writer, type Written } from '../models/writer.ts';
import type { MessagesRequest } from './request.ts';
import { searchResultsOf, toldOf } from './request.ts';

/** Tokens by what became of them at the cache. */
export interface Counted {
  readonly input: number;
  readonly written: number;
  readonly read: number;
}

const event = (data: { type: string; [field: string]: unknown }) =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
export const PING = event({ type: 'ping' });

export function errorEvent(code: string): string {
  return event({ type: 'error', error: { type: code, message: 'Simulated.' }, request_id: 'req_simulated' });
}

export function answerEvents(
  request: MessagesRequest,
  { writer, counted, fault }: { writer: Writer; counted: Counted; fault: Fault | undefined },
): string[] {
  const results = searchResultsOf(request);
  // Flat, as a writer sees it, and back again.
  const places = results.flatMap((result, index) =>
    result.content.map((block, at) => ({
      by: result.title.split(',')[0] ?? '',
      text: block.text,
      index,
      at,
    })),
  );
  const stop = fault?.kind === 'stop' ? fault : undefined;
  const lines = writer(places, toldOf(request)).slice(0, stop?.lines);
  const citations = ({ cites }: Written) =>
    cites.map(cite => {
      const { index, at } = places[cite] ?? { index: results.length + cite, at: 0 };
      const result = results[index];
      return {
        type: 'search_result_location',
        cited_text: result?.content[at]?.text ?? 'Made up.',
        source: result?.source ?? `made-up-${cite}`,
        title: result?.title ?? null,
        search_result_index: index,
        start_block_index: at,
        end_block_index: at + 1,
      };
    });
  const cacheable = results.some(({ citations: wanted }) => wanted?.enabled);
  const usage = (output: number) => ({
    input_tokens: counted.input,
    cache_creation_input_tokens: counted.written,
    cache_read_input_tokens: counted.read,
    output_tokens: output,
  });

  const events = [
    event({
      type: 'message_start',
      message: {
        id: 'msg_simulated',
        type: 'message',
        role: 'assistant',
        model: request.model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: usage(1),
      },
    }),
    PING,
  ];
  let index = 0;
  const block = (pieces: readonly string[], cites: readonly object[]) => {
    events.push(
      event({
        type: 'content_block_start',
        index,
        content_block: { type: 'text', text: '', ...(cites.length > 0 && { citations: [] }) },
      }),
    );
    const delta = (change: object) =>
      events.push(event({ type: 'content_block_delta', index, delta: change }));
    for (const citation of cites) delta({ type: 'citations_delta', citation });
    for (const text of pieces) delta({ type: 'text_delta', text });
    events.push(event({ type: 'content_block_stop', index: index++ }));
  };
  lines.forEach((line, at) => {
    if (at > 0) block(['\n'], []);
    block(['- '], []);
    block(line.text.match(/.{1,24}/gs) ?? [], cacheable ? citations(line) : []);
  });
  const output = tokensOf(lines.map(({ text }) => text).join('\n'));
  events.push(
    event({
      type: 'message_delta',
      delta: {
        stop_reason: stop?.reason ?? 'end_turn',
        stop_sequence: null,
        ...(stop?.reason === 'refusal' && {
          stop_details: { type: 'refusal', category: null, explanation: null },
        }),
      },
      usage: usage(output),
    }),
    event({ type: 'message_stop' }),
  );
  return events;
}
