// Search by meaning, and by both: the nearest vectors name candidates, the reader's rights and the rest of the query decide among them.
import type { Embeddings } from './embeddings.ts';
import type { Actor } from './ports.ts';
import type { Candidate, SearchQuery, SearchStore } from './ports-search.ts';
import type { Answer, Wanted } from './search.ts';
import { fuse } from './search-fusion.ts';
import { createMatcher } from './search-match.ts';

/** So many of the nearest are looked at; what is less than half as near as the first has another meaning. */
const NEAREST = 200;
const SHARE = 0.5;

/** Undefined: this cannot be found by meaning, or not just now. */
export function createMeaning({
  store,
  embeddings,
}: {
  store: Pick<SearchStore, 'candidates'>;
  embeddings: Pick<Embeddings, 'nearest'>;
}) {
  return async (actor: Actor, { query, said, rooms }: Wanted): Promise<Answer | undefined> => {
    // What a message has besides its text only the index of words knows.
    if (said.length === 0 || query.has.length > 0) return undefined;
    const nearest = await embeddings.nearest(said.join(' '), rooms, NEAREST);
    const best = nearest?.[0]?.score ?? 0;
    if (!nearest || best <= 0) return undefined;
    const near = nearest.filter(({ score }) => score >= best * SHARE);
    const scores = new Map(near.map(({ room, seq, score }) => [`${room} ${seq}`, score]));
    const candidates = await store.candidates(
      actor,
      near.map(({ room, seq }) => ({ room, seq })),
    );
    const matcher = createMatcher(query);
    const ranked = candidates
      .filter(narrowed(query))
      .map(candidate => ({
        candidate,
        read: matcher.read(candidate.text),
        score: scores.get(`${candidate.room} ${candidate.seq}`) ?? 0,
      }))
      .sort((a, b) => b.score - a.score || b.candidate.at - a.candidate.at);
    return { ranked, total: ranked.length };
  };
}

/** By all parts of the query but its words. */
function narrowed({ phrases, without, from, since, until }: SearchQuery): (candidate: Candidate) => boolean {
  const holds = (phrase: string) => {
    const matcher = createMatcher({ words: [], phrases: [phrase], near: false });
    return (text: string) => matcher.read(text).hits.length > 0;
  };
  const wanted = phrases.map(holds);
  const unwanted = without.map(holds);
  return ({ text, by, at }) =>
    (from.length === 0 || from.includes(by)) &&
    (since === undefined || at >= Date.parse(since)) &&
    (until === undefined || at < Date.parse(until)) &&
    wanted.every(holding => holding(text)) &&
    !unwanted.some(holding => holding(text));
}

/** By words and by meaning: ranks are fused, since their scores cannot be compared. */
export function together(words: Answer, meant: Answer): Answer {
  const fused = fuse([words.ranked, meant.ranked], ({ candidate }) => `${candidate.room} ${candidate.seq}`);
  return {
    ranked: fused.map(({ one, score }) => ({ ...one, score })),
    total: Math.max(words.total, fused.length),
  };
}
