// A request in, claims out: pure, and the same for the same request.
import type { Claim, SummaryRequest } from '../../hub/ports-ai.ts';
import { actions } from './actions.ts';
import { brief } from './brief.ts';
import { decisions } from './decisions.ts';
import { highlights } from './highlights.ts';
import { relevance } from './question.ts';
import { read, type Talk } from './talk.ts';
import { threads } from './threads.ts';

export function summarize(request: SummaryRequest): Claim[] {
  const talk = read(request);
  if (talk.all.length === 0) return [];
  return claims(talk).map(({ text, cites }) => ({ text: quiet(text), cites }));
}

function claims(talk: Talk): Claim[] {
  const { style } = talk.request;
  if (style === 'decisions') return decisions(talk);
  if (style === 'actions') return actions(talk);
  const asked = relevance(talk);
  if (asked) return threads(talk, asked) ?? highlights(talk, asked);
  return threads(talk) ?? (talk.english ? brief(talk) : undefined) ?? highlights(talk);
}

/** A summary that is posted calls nobody: "@room" is told as "room". */
const quiet = (text: string) =>
  text
    .replace(/@(?=[\p{L}\p{N}_])/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
