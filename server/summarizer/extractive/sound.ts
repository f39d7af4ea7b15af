// Which English sentences can stand alone in a report: whole, with a subject and a verb, and not about the conversation itself.
import { isVerb } from './tense.ts';

const SUBJECT_FIRST =
  /^(?:i|we|you|they|he|she|it|there|this|that|these|those|the|a|an|my|our|your|their|his|her|its|some|all|most|many|each|every|one|two|three|both|people|everyone|everybody|nobody|another|if|when|as|in|on|at|with|for|by|from|after|before|since|because|while|what)\b/i;
const FINITE =
  /\b(?:is|are|was|were|has|have|had|do|does|did|will|would|can|could|shall|should|may|might|must|need|needs|want|wants|think|know|like|make|makes|made|use|uses|get|gets|got|seem|seems|go|goes|went|said|say|says|found|find|gives?|took|takes?|comes?|came|shows?|works?|looks?|means?|sells?|provides?|includes?|requires?|suggests?|decided?|agreed?|\p{L}+n't|\p{L}+'(?:s|re|ve|ll|d|m))\b/iu;
const DANGLING =
  /(?:^| )(?:the|a|an|to|of|and|or|but|so|if|that|which|who|with|for|in|on|at|by|from|as|than|because|when|where|while|is|are|was|were|be|i|we|you|they|he|she|my|our|your|their|its|very|really|quite|just|like|not|don't|can|could|will|would|should|might|may|have|has|had|do|does|did|what|how|why|some|any|into|about|up to)$/i;
/** A subject twice, or an article before a pronoun: the speaker began anew without saying so. */
const BROKEN =
  /\b(?:the|a|an|my|our|your|their|of|to|and the|for the|with the) (?:i|we|you|they|he|she|it|that's|it's|there's|if|when|because|so|then|is|are|was|were|do|don't|can|can't)\b|\b(?:i|we|he|she|they) (?:i|we|you|he|she|they|it|it's|the|that's|there's|this|these|those|a)\b|\b(?:it|that|this) (?:i|we|he|they|it's|it|the|a|that's)\b|\b(?:is|are|was|were|have|has|had|don't|doesn't) (?:we|i|they|he|she|it's|that's|there's|is|are|was|do)\b|\b(\p{L}+) \1\b|\b(?:and|or|but) (?:and|or|but)\b|\b\p{L}{1,2}-\p{L}|\b(?:would|could|can|should|will|to) (?:includes|\p{L}{3,}(?:was|were))\b|\bnot (?:they|we|i|the|they're)\b|\. \p{Ll}|^(?:the (?:fact|idea|thing|reason|way|one)|those|these|this) (?:that|of|which|where)\b/iu;
const QUESTION =
  /^(?:what|how|who|whom|whose|which|where|why|when) (?:is|are|was|were|do|does|did|can|could|would|should|will|have|has|i|we|you|they|about|else)\b|^(?:do|does|did|is|are|was|were|can|could|would|should|will|have|has|isn't|aren't|don't|doesn't|shall|may) (?:i|we|you|they|he|she|it|there|this|that|the|anyone|anybody|a|any)\b/i;
/** Only the condition of something. */
const HALF = /^(?:if|when|as|because|while|since)\b[^,]*$/i;
/** About whose turn it is, what is on the screen, or what the speaker does not know. */
const HOUSEKEEPING =
  /\b(?:i don't (?:know|think so|remember|care)|i dunno|you know what i mean|i'm (?:done|finished|sorry|not sure|just)|let me|next slide|this slide|my slides?|go (?:ahead|first|next)|hold on|wait a|one second|a minute|that's (?:it|all|fine|okay|ok|good|right|true|great|what)|thank|sorry|hear me|see (?:that|this|it)|here (?:we go|it is|is)|can you|there you go|i see|excuse me|never mind|i forgot|don't worry|blah)\b/i;

/** @param sentence a fluent one */
export function isSound(sentence: string): boolean {
  const text = sentence.replace(/[.!…\s]+$/, '');
  const first = /^[\p{L}'-]+/u.exec(text)?.[0] ?? '';
  // A name may begin it too, but no verb: "Seems not" has lost its subject.
  const begins = SUBJECT_FIRST.test(text) || (/^\p{Lu}/u.test(first) && !isVerb(first.toLowerCase()));
  if (!begins || !FINITE.test(text)) return false;
  return ![DANGLING, BROKEN, QUESTION, HOUSEKEEPING, HALF].some(fault => fault.test(text));
}
