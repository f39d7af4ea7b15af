// A request in, claims out: pure, and the same for the same request.
import type { Claim, SummaryRequest } from '../../hub/ports-ai.ts';
import { actions } from './actions.ts';
import { brief } from './brief.ts';
import { decisions } from './decisions.ts';
import { highlights } from './highlights.ts';
import { relevance } from './question.ts';
import { read } from './talk.ts';
import { threads } from './threads.ts';

export function summarize(request: SummaryRequest): Claim[] {
  const talk = read(request);
  if (talk.all.length === 0) return [];
  if (request.style === 'decisions') return decisions(talk);
  if (request.style === 'actions') return actions(talk);
  const asked = relevance(talk);
  if (asked) return threads(talk, asked) ?? highlights(talk, asked);
  return threads(talk) ?? (talk.english ? brief(talk) : undefined) ?? highlights(talk);
}
