// Spoken English made readable: without hesitation, repetition, false starts and the words people talk themselves warm with.

const HESITATION =
  /(?<![\p{L}\p{N}'])(?:u+m+|u+h+|e+r+m*|a+h+|e+h+|h+m+|m+h*m+|mm-?hmm?|uh-?huh|uh-?oh|oh|huh|hhh+|@)(?![\p{L}\p{N}'])[\s,.…-]*/giu;
const ASIDE =
  /,? ?\b(?:you know|i mean|i guess|sort of|kind of|if you like|or whatever|sorta|kinda|or something(?: like that)?|and stuff(?: like that)?|and so on)\b,?(?= |[.?!]|$)/gi;
const OPENING =
  /^(?:(?:and|so|but|well|ok|okay|yeah|yes|yep|yup|no|right|alright|all right|now|like|then|also|because|'?cause|cuz|cos|coz|anyway|actually|basically|obviously|personally|sadly|ironically|sure|great|good|cool|fine|thanks|thank you|hey|hi|hello|see|look|oops|sorry|exactly|indeed|plus|or|maybe|perhaps|by the way|one more thing|i mean|you know|as i said|i say|of course|first of all)\b[\s,.;:!-]*)+/i;
/** Said to whoever leads the meeting. */
const VOCATIVE =
  /^(?:thank you,? )?(?:mr\.? ?|madam |honou?rable )?(?:chair|speaker|minister)(?:man|woman|person)?, |, (?:mr\.? ?|madam )?(?:chair|speaker)(?:man|woman|person)?(?=[,.?!]|$)/giu;
const TAG =
  /[, ]+(?:you know|right|okay|ok|yeah|isn't it|aren't they|don't you think|do you think|i think|i guess|i suppose|though|then|actually|basically|so|and|but|or|because|'cause|the|a|an|to|of|like)(?=[.?!]*$)/i;
/** Short words that are words, and no beginnings of longer ones. */
const WHOLE = new Set(
  'a i an am as at be by do for go he if in is it me my no of on or so to up us we and any are but can car day did end for get had has her him his how its let man may men new not now off old one our out own per put red run say see set she sit six ten the too top try two use via was way who why yes you some here what when that this then with well were will them they into over than more most like just work'.split(
    ' ',
  ),
);

/** A capital in the middle of a sentence, on a word that has none: the speaker began anew. */
const ANEW =
  /^(?!.*["“])[^.?!]{0,120}[^.?!,;:\s]\s+(?=(?:We|If|It|The|They|You|He|She|That|This|There|These|Those|What|How|When|Why|Where|Like|So|And|But|Because|My|Our|Your|Let|Maybe|Can|Could|Would|Should|For|In|On|As|Well|Do|Does|Is|Are)(?:'\p{Ll}+)? \p{Ll})/u;
const INITIALS = /\b\p{Lu}(?:_\p{Lu})+(?![\p{L}\p{N}])_?/gu;

/** Without changing what is said. Empty when nothing was. */
export function fluent(sentence: string): string {
  let text = sentence
    .replace(/, (?:like|right|well|okay|yeah|so),? (?=\p{L})/giu, ', ')
    .replace(INITIALS, letters => letters.replaceAll('_', ''))
    .replace(ANEW, '')
    .replace(HESITATION, ' ')
    .replace(ASIDE, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  text = unrepeated(text.split(' ')).join(' ');
  text = text
    .replace(/\s+(?=[,.;:!?](?:\s|$))/g, '')
    .replace(/([,;:])(?:[,;:]\s*)+/g, '$1 ')
    .replace(/[,;:-]+(?=[.?!])/g, '');
  text = text.replace(OPENING, '').replace(VOCATIVE, '');
  for (let before = ''; before !== text; ) {
    before = text;
    text = text.replace(TAG, '').replace(/[\s,;:-]+$/, '');
  }
  return text.replace(/^[^\p{L}\p{N}"'(]+/u, '').trim();
}

/** "The main the main point", "I I think", "sh shared folder", "comp complex". */
function unrepeated(words: readonly string[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const repeated = [4, 3, 2, 1].some(size => {
      if (i + 2 * size > words.length) return false;
      for (let k = 0; k < size; k++) if (bare(words[i + k]!) !== bare(words[i + size + k]!)) return false;
      // "Very very", "had had" are few, and lose little; numbers are said twice when they are meant.
      if (/\d/.test(words[i]!)) return false;
      i += size - 1;
      return true;
    });
    if (repeated) continue;
    const word = bare(words[i]!);
    const next = bare(words[i + 1] ?? '');
    const begun =
      word.length > 0 &&
      word.length < next.length &&
      next.startsWith(word) &&
      !WHOLE.has(word) &&
      /^\p{Ll}+$/u.test(word) &&
      !next.startsWith(`${word}'`);
    const stray = /^[b-hj-z]$/.test(words[i]!);
    if (!begun && !stray) out.push(words[i]!);
  }
  return out;
}

const bare = (word: string) => word.toLowerCase().replace(/[,.;:…-]+$/, '');
