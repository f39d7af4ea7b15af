// A chat completion as its stream of chunks, written by the rule that stands in for the model.
import type { Fault } from '../models/faults.ts';
import { type Said, tokensOf, type Writer } from '../models/writer.ts';
import type { ChatRequest } from './request.ts';

const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
export const PING = ': keep-alive\n\n';
export const errorEvent = (code: string): string =>
  data({ error: { message: 'Simulated.', type: 'server_error', param: null, code } });

export const promptTokens = ({ messages }: ChatRequest): number =>
  tokensOf(messages.map(({ content }) => content).join('\n'));

/** `[3] Ada (…): Hello` is a line of the material; what has no such mark is told to the model. */
const LINE = /^\[(\d+)\] (.{1,80}?) \([^)]*\): (.*)$/;

export function chatEvents(request: ChatRequest, writer: Writer, fault: Fault | undefined): string[] {
  const material: (Said & { number: number })[] = [];
  const told: string[] = [];
  for (const { role, content } of request.messages)
    for (const line of content.split('\n')) {
      const [, number, by, text] = (role === 'user' && LINE.exec(line)) || [];
      if (number && by && text !== undefined) material.push({ by, text, number: Number(number) });
      else told.push(line);
    }
  const stop = fault?.kind === 'stop' ? fault : undefined;
  const lines = writer(material, told.join('\n')).slice(0, stop?.lines);
  const written = lines
    .map(({ text, cites }) => `- ${text} ${cites.map(at => `[${material[at]?.number ?? at}]`).join('')}`)
    .join('\n');

  const chunk = (delta: object, finish: string | null = null) =>
    data({
      id: 'chatcmpl-simulated',
      object: 'chat.completion.chunk',
      created: 1_790_000_000,
      model: request.model,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...(request.stream_options?.include_usage && { usage: null }),
    });
  const input = promptTokens(request);
  const output = tokensOf(written);
  return [
    chunk({ role: 'assistant', content: '', refusal: null }),
    ...(written.match(/[\s\S]{1,16}/g) ?? []).map(content => chunk({ content })),
    chunk({}, stop?.reason ?? 'stop'),
    ...(request.stream_options?.include_usage
      ? [
          data({
            id: 'chatcmpl-simulated',
            object: 'chat.completion.chunk',
            created: 1_790_000_000,
            model: request.model,
            choices: [],
            usage: {
              prompt_tokens: input,
              completion_tokens: output,
              total_tokens: input + output,
              prompt_tokens_details: { cached_tokens: 0 },
            },
          }),
        ]
      : []),
    'data: [DONE]\n\n',
  ];
}
