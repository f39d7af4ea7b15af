// From text to terms as Lucene does it: the standard tokenizer and the filters that an index of ours may name.
import { z } from 'zod';
import { badRequest } from './answers.ts';

export interface Token {
  readonly term: string;
  /** The place among the words; a phrase is terms in consecutive places. */
  readonly position: number;
  /** Written in a script without spaces. */
  readonly ideographic: boolean;
  /** Where it stands in the text: from, and up to. */
  readonly start: number;
  readonly end: number;
}

export type Analyzer = (text: string) => Token[];
type Filter = (tokens: Token[]) => Token[];

const custom = z.strictObject({
  type: z.literal('custom').optional(),
  tokenizer: z.enum(['standard', 'whitespace']),
  filter: z.array(z.string()).default([]),
});
const edgeNgram = z.strictObject({
  type: z.literal('edge_ngram'),
  min_gram: z.number().int().positive(),
  max_gram: z.number().int().positive(),
  preserve_original: z.boolean().default(false),
});
const bigram = z.strictObject({
  type: z.literal('cjk_bigram'),
  output_unigrams: z.boolean().default(false),
});
const analysis = z.strictObject({
  analyzer: z.record(z.string(), custom).default({}),
  filter: z.record(z.string(), z.discriminatedUnion('type', [edgeNgram, bigram])).default({}),
});

/** Han, Hiragana and Thai stand one character a word; Katakana and Hangul run together. */
const WORD =
  /[\p{sc=Han}\p{sc=Hiragana}]|\p{sc=Katakana}[\p{sc=Katakana}ー]*|[\p{L}\p{N}\p{M}_](?:[\p{L}\p{N}\p{M}_]|['’.:](?=[\p{L}\p{N}]))*?(?=$|[^\p{L}\p{N}\p{M}_'’.:]|['’.:](?![\p{L}\p{N}])|[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}])/gu;
const IDEOGRAPHIC = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u;
/** Longer words are cut. */
const LONGEST = 255;

const TOKENIZERS = { standard: WORD, whitespace: /\S+/gu };

function tokenize(text: string, pattern: RegExp): Token[] {
  let position = 0;
  return Array.from(text.matchAll(pattern), ({ 0: word, index }) => ({
    term: word.slice(0, LONGEST),
    position: position++,
    ideographic: IDEOGRAPHIC.test(word),
    start: index,
    end: index + word.length,
  }));
}

const each =
  (change: (term: string) => string): Filter =>
  tokens =>
    tokens.map(token => ({ ...token, term: change(token.term) }));

const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ı: 'i',
};
/** Latin letters to ASCII; other scripts keep their marks. */
const fold = (term: string) =>
  /[^\p{ASCII}]/u.test(term) && /\p{sc=Latin}/u.test(term)
    ? term
        .normalize('NFD')
        .replace(/\p{M}/gu, '')
        .replace(/[ßæœøłđı]/gu, letter => LETTERS[letter] ?? letter)
    : term;

const grams =
  (settings: z.output<typeof edgeNgram>): Filter =>
  tokens =>
    tokens.flatMap(token => {
      const letters = [...token.term];
      const sizes = Array.from({ length: Math.min(letters.length, settings.max_gram) }, (_, n) => n + 1);
      const parts = sizes
        .filter(size => size >= settings.min_gram)
        .map(size => letters.slice(0, size).join(''));
      if (settings.preserve_original && !parts.includes(token.term)) parts.push(token.term);
      return parts.map(term => ({ ...token, term }));
    });

/** Pairs of neighbours among characters of a script without spaces; one that stands alone stays. */
const bigrams =
  ({ output_unigrams }: z.output<typeof bigram>): Filter =>
  tokens => {
    const single = tokens.flatMap(token => (token.ideographic ? apart(token) : [token]));
    const joins = (a: Token | undefined, b: Token | undefined) =>
      a?.ideographic && b?.ideographic && a.end === b.start ? a.term + b.term : undefined;
    return single.flatMap((token, position) => {
      const one = { ...token, position };
      if (!token.ideographic) return [one];
      const pair = joins(token, single[position + 1]);
      const alone = pair === undefined && joins(single[position - 1], token) === undefined;
      return [
        ...(output_unigrams || alone ? [one] : []),
        ...(pair === undefined ? [] : [{ ...one, term: pair }]),
      ];
    });
  };

const apart = (token: Token): Token[] => {
  let { start } = token;
  return Array.from(token.term, term => {
    const one = { ...token, term, start, end: start + term.length };
    start = one.end;
    return one;
  });
};

const BUILT_IN: Readonly<Record<string, Filter>> = {
  lowercase: each(term => term.toLowerCase()),
  asciifolding: each(fold),
  cjk_width: each(term => term.normalize('NFKC')),
  cjk_bigram: bigrams({ type: 'cjk_bigram', output_unigrams: false }),
};

function filterOf(settings: z.output<typeof analysis>['filter'][string]): Filter {
  if (settings.type === 'edge_ngram') return grams(settings);
  return bigrams(settings);
}

/** @throws ElasticProblem when the settings name what there is not */
export function createAnalyzers(settings: unknown): ReadonlyMap<string, Analyzer> {
  const parsed = analysis.safeParse(settings ?? {});
  if (!parsed.success) throw badRequest('illegal_argument_exception', z.prettifyError(parsed.error));
  const { analyzer, filter } = parsed.data;
  const chain = (names: readonly string[], tokenizer: keyof typeof TOKENIZERS = 'standard'): Analyzer => {
    const filters = names.map(name => {
      const own = filter[name];
      const found = own ? filterOf(own) : BUILT_IN[name];
      if (found) return found;
      throw badRequest(
        'illegal_argument_exception',
        `Custom Analyzer failed to find filter under name [${name}]`,
      );
    });
    return text => filters.reduce((tokens, one) => one(tokens), tokenize(text, TOKENIZERS[tokenizer]));
  };
  return new Map<string, Analyzer>([
    ['standard', chain(['lowercase'])],
    ...Object.entries(analyzer).map(
      ([name, { filter, tokenizer }]) => [name, chain(filter, tokenizer)] as const,
    ),
  ]);
}
