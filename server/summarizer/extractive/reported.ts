// Direct speech into reported speech, in English: "I think we should drop it" said by Ann becomes "Ann suggested that they should drop it".
import { past } from './tense.ts';

export interface Reported {
  /** "said", "suggested", "thought"; what joins it to the statement comes with it. */
  readonly verb: string;
  /** What was said, in the third person and the past, without a full stop. */
  readonly statement: string;
}

type Rule = readonly [RegExp, string];

/** How an opinion, a proposal or a duty is introduced; the first that fits is taken off and becomes the verb. */
const OPENERS: readonly Rule[] = [
  [
    /^(?:i (?:just |really |personally |also |still )*(?:think|thought|believe|feel|felt|reckon|guess|suppose|assume|figure|figured)|in my opinion,?|my (?:feeling|view|opinion|impression) is)(?: that)?,? (?=\S+ \S+)/i,
    'thought that',
  ],
  [
    /^(?:i(?:'d| would)? (?:just |also )*(?:propose|suggest|recommend|say)|i(?:'d| would) say|my (?:suggestion|proposal) is)(?: that)?,? (?=\S+ \S+)/i,
    'suggested that',
  ],
  [
    /^(?:i(?:'m| am) (?:just |really |also )*(?:hoping)|i (?:just |really |also )*hope)(?: that)? (?=\S+ \S+)/i,
    'hoped that',
  ],
  [
    /^(?:i(?:'m| am) (?:just |really |also )*(?:wondering)|i (?:just |really |also )*wonder(?:ed)?) (?=if|whether|what|how|why|who|where|when)/i,
    'wondered',
  ],
  [/^(?:i(?:'m| am) (?:pretty |quite |fairly )?sure)(?: that)? (?=\S+ \S+)/i, 'was sure that'],
  [/^i (?:just |really |also )*agree(?: with you)?(?: that)? (?=\S+ \S+ \S+)/i, 'agreed that'],
  [
    /^(?:as )?i (?:just |really |also |already )*(?:said|mentioned|told you)(?: that)?,? (?=\S+ \S+)/i,
    'said that',
  ],
  [
    /^(?:it (?:seems|looks|sounds)(?: to me)?(?: like)?(?: that)?) (?=(?:i|we|you|they|it|there|the|this|that)\b)/i,
    'thought that',
  ],
  [/^let(?:'s| us) (?=\S+ \S+)/i, 'suggested to'],
  [/^(?:why don't we|shall we|should we|how about we|what if we) (?=\S+ \S+)/i, 'suggested to'],
];
const PROPOSAL = /\b(?:should|could|might|may want|ought to|better|would suggest)\b/i;
const DUTY = /^(?:we|you|i) (?:really |also |just |still )*(?:need|have|must|want)\b/i;

const PERSONS: readonly (readonly [RegExp, string])[] = [
  [/\byou (?:guys|all|both|two|folks|people)\b/gi, 'you'],
  // "Took you long", "told you that", "with you.": the one it is done to, unless a clause begins with it.
  [
    /(?<=\b(?!(?:and|or|but|if|when|that|what|how|because|so|as|which|who|where|why|while|before|after|since|until|than|then|think|thought|do|did|can|could|will|would|should|are|were|have|had|maybe|whatever|whether|though|once|like|time|way|thing|things|one|everything|all|people)\b)[\p{L}']+ )you(?= *(?:$|[,.;:)]|(?:a|an|the|this|that|to|in|on|at|for|with|some|any|how|what|about|of|from|all|as|everything|something|and|or|by|when|if|because|before|after|today|tomorrow|completely|guys|back|up|out|long|much|more)\b))/giu,
    'them',
  ],
  [/\bdunno\b/gi, 'did not know'],
  [/\b(i|we|you)'m\b/gi, 'they were'],
  [/\b(?:i|we|you)'re\b/gi, 'they were'],
  [/\b(?:i|we|you)'ve\b/gi, 'they had'],
  [/\b(?:i|we|you)'ll\b/gi, 'they would'],
  [/\b(?:i|we|you)'d\b/gi, 'they would'],
  [/\b(?:i|we|you) (?:was|am)\b/gi, 'they were'],
  [/\b(?:i|we|you)\b/gi, 'they'],
  [/\b(?:my|our|your)\b/gi, 'their'],
  [/\b(?:mine|ours|yours)\b/gi, 'theirs'],
  [/(?<![\w'])'em\b|\b(?:me|us)\b/gi, 'them'],
  [/\b(?:myself|ourselves|yourselves|yourself)\b/gi, 'themselves'],
  [/\bgonna\b/gi, 'going to'],
  [/\bwanna\b/gi, 'want to'],
  [/\bgotta\b/gi, 'have to'],
  [/\blet's\b/gi, 'they should'],
  // What was so "now" was so when it was said; the past says that already.
  [/ (?:right )?now\b(?! that)/gi, ''],
  [/(?<![\w'])'(?:cause|cos|coz)\b|\bcuz\b/gi, 'because'],
];

/** @param sentence a fluent one @param isOrdinary whether a word in lower case is no name; undefined when it does not lend itself to being reported */
export function reported(sentence: string, isOrdinary: (word: string) => boolean): Reported | undefined {
  let rest = sentence
    .replace(/[.!…,;:\s]+$/, '')
    .replace(/’/g, "'")
    .replace(/\s*["“”]\s*/g, ' ')
    .trim();
  if (!rest || rest.includes('?')) return undefined;
  let verb = '';
  for (const [pattern, name] of OPENERS) {
    if (!pattern.test(rest)) continue;
    rest = rest.replace(pattern, '').replace(/^(?:that|maybe|well|so) /i, '');
    verb = name;
    break;
  }
  if (!verb)
    verb =
      PROPOSAL.test(rest) && !/^(?:if|when)\b/i.test(rest)
        ? 'suggested that'
        : DUTY.test(rest)
          ? 'said that'
          : 'said that';
  rest = lowerFirst(rest, isOrdinary);
  const infinitive = verb.endsWith(' to');
  let statement = infinitive ? rest : past(rest);
  for (const [pattern, name] of PERSONS) statement = statement.replace(pattern, name);
  statement = statement
    .replace(/\bthey was\b/g, 'they were')
    .replace(/^that (?=was|would|could|had|did|might|should)/, 'this ');
  return { verb, statement };
}

/** Names keep their capital; an ordinary word gives it up in the middle of a sentence. */
function lowerFirst(text: string, isOrdinary: (word: string) => boolean): string {
  const first = /^(?:\p{Lu}\p{Ll}*(?:'\p{Ll}+)?|A)(?=[ ,-])/u.exec(text)?.[0];
  if (first === undefined || /^I(?:'|$)/.test(first)) return text;
  return isOrdinary(first.toLowerCase()) ? text[0]!.toLowerCase() + text.slice(1) : text;
}
