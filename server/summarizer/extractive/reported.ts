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
  [
    /(?<=\b(?:to|for|with|from|of|about|at|by|give|let|tell|show|ask|see|help|thank|give|gives|lets|tells|allow|allows|remind) )you\b/gi,
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
  [/\b(?:me|us)\b/gi, 'them'],
  [/\b(?:myself|ourselves|yourselves|yourself)\b/gi, 'themselves'],
  [/\bgonna\b/gi, 'going to'],
  [/\bwanna\b/gi, 'want to'],
  [/\bgotta\b/gi, 'have to'],
  [/\blet's\b/gi, 'they should'],
  [/\b(?:right )?now\b/gi, 'then'],
  [/(?<![\w'])'(?:cause|cos|coz)\b|\bcuz\b/gi, 'because'],
];

/** @param sentence a fluent one; undefined when it does not lend itself to being reported */
export function reported(sentence: string): Reported | undefined {
  let rest = sentence.replace(/[.!…,;:\s]+$/, '').replace(/’/g, "'");
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
  rest = lowerFirst(rest);
  const infinitive = verb.endsWith(' to');
  let statement = infinitive ? rest : past(rest);
  for (const [pattern, name] of PERSONS) statement = statement.replace(pattern, name);
  statement = statement.replace(/\bthey was\b/g, 'they were');
  return { verb, statement };
}

/** Names keep their capital; an ordinary word gives it up in the middle of a sentence. */
export function lowerFirst(text: string): string {
  return /^(?:\p{Lu}\p{Ll}+(?:'\p{Ll}+)?|A|It's|I) /u.test(text) && COMMON_START.test(text)
    ? text[0]!.toLowerCase() + text.slice(1)
    : text;
}

const COMMON_START =
  /^(?:the|a|an|this|that|these|those|there|there's|it|it's|its|we|we're|we've|we'll|you|you're|you've|you'll|they|they're|he|she|my|our|your|their|his|her|some|all|most|many|each|every|if|when|while|for|in|on|at|with|by|from|to|of|as|because|what|which|who|how|where|why|one|two|three|another|other|any|no|not|only|just|even|then|that's|let's|both|people|everyone|everybody|do|does|don't|can|could|should|would|will|have|has|is|are|was|were|be|being|having|make|use|also|still|especially|after|before|since|until|about|nobody|nothing|something|someone) ?/i;
