// The turns of phrase by which people propose, agree, refuse, decide and promise. Written for chat and talk in English, with the plainest of some other languages.

/** What is proposed stands after it. */
const PROPOSAL =
  /^(?:(?:i think |maybe |perhaps |i (?:propose|suggest|vote)(?: that)? |(?:my )?proposal: *|so |ok(?:ay)?,? )*)(?:let's|let us|lets|shall we|should we|can we|could we|why don't we|why not|how about we|how about|what about|what if we|i (?:propose|suggest|recommend|vote for|vote to)(?: that we| we)?|(?:i think |i'd say )?we (?:should|could|ought to)|proposal:|lass(?:t)? uns|wollen wir|sollen wir|on pourrait|si on|je propose (?:de|que)|¿?(?:por qué no|qué tal si|propongo(?: que)?)|vamos a) +(?=\S)/i;
const AGREEMENT =
  /^(?:(?:oh|ok|okay|well|and|so),? )*(?:\+1|👍|✅|💯|👌|:\+1:|:thumbsup:|y(?:es|ep|up|eah|ea|ay)\b|agree(?:d)?\b|i agree|i'm (?:in|for it|ok with|fine with|happy with)|me too|same here|sounds? (?:good|great|fine|perfect|like a plan)|(?:that )?works for me|lgtm|sure\b|ok(?:ay)?\b|deal\b|done\b|do it|go for it|let's do (?:it|that)|fine (?:by|with) me|perfect\b|great\b|absolutely|definitely|exactly|of course|good idea|makes sense|approved?\b|no objections?|alright|all right|right\b|mm-?hmm|ja\b|genau|einverstanden|passt|d'accord|oui\b|s[ií]\b|de acuerdo|vale\b|好|同意|賛成|はい|좋아|네)/iu;
const REFUSAL =
  /^(?:(?:oh|ok|okay|well|hmm|um|uh|yeah),? )*(?:-1|👎|no\b|nope\b|nah\b|not (?:sure|really|yet)|i (?:don't|do not|wouldn't|disagree|object)|disagree|rather not|nein\b|non\b|but\b|aber\b|mais\b)/iu;
const DECISION =
  /\b(?:(?:we|i|they|it was|it's been|it is|team|everyone|committee|board)(?:'ve| have| has|'re| are| all)? (?:all |now |just |finally |already |unanimously )*(?:decided|agreed|resolved|concluded|settled|chosen|approved)|(?:we|it)(?:'re| are|'s| is) (?:agreed|decided|settled|final)|(?:that's|that is|consider it|so it's) (?:decided|agreed|settled|final|a deal)|(?:final )?decision(?: is| was|:)|decided:|agreed:|resolved:|(?:we'll|we will|we're going to|we are going to|we're gonna|let's|lets) (?:go|stick|stay|proceed) (?:with|for|ahead)|(?:we're|we are) going with|we(?:'ll| will) (?:use|keep|drop|ship|adopt|switch|move|postpone|skip|have|make|do|take|not)|settled on|(?:we|i)(?:'ve| have)? (?:chose|picked|opted for)|motion (?:is )?(?:carried|passes|passed)|approved|wir (?:haben )?(?:beschlossen|entschieden|nehmen)|beschlossen|on a décidé|nous avons décidé|c'est décidé|hemos decidido|se decidió|decidimos|abbiamo deciso|decidimos)\b|決定|决定|決めました|결정/iu;

/** "Agreed with Dan, let's keep it" proposes too. */
const clause = (text: string): string => {
  if (PROPOSAL.test(text)) return text;
  const later =
    /[,;.:!] +(?=(?:let's|lets|let us|shall we|should we|how about|i propose|i suggest|we should|lass uns)\b)/i.exec(
      text,
    );
  return later ? text.slice(later.index + later[0].length) : text;
};

export const isProposal = (text: string): boolean => PROPOSAL.test(clause(text));
export const isAgreement = (text: string): boolean =>
  AGREEMENT.test(text) && !/^(?:right|yes|ok|okay|sure|great) now\b/i.test(text);
export const isRefusal = (text: string): boolean => REFUSAL.test(text);
export const isDecision = (text: string): boolean =>
  DECISION.test(text) &&
  !/\?\s*$|\b(?:haven't|not|never|if|whether|when|before|until) (?:we |yet |been |it's |they )*(?:decided|agreed|settled)/i.test(
    text,
  );
/** What is proposed, as an order: "Shall we meet at ten?" is "Meet at ten". */
export const proposed = (text: string): string =>
  clause(text)
    .replace(PROPOSAL, '')
    .replace(/^not /i, 'do not ')
    .replace(/[\s?!.…]+$/, '');

export interface Task {
  /** Who is to do it, as the text has it; undefined: who says so. */
  readonly who: 'speaker' | 'addressed' | 'nobody' | { readonly name: string };
  readonly text: string;
  /** How sure it is: 1 is a promise with a day. */
  readonly weight: number;
}

const DAY =
  /\b(?:by|before|until|till|on|due|this|next|end of|bis|vor|avant|antes del?|para el) (?:the )?(?:end of |next |this |the )*(?:mon|tues|wednes|thurs|fri|satur|sun)?(?:day|week|month|eod|eow|cob|noon|tonight|tomorrow|morning|afternoon|evening|night|montag|dienstag|mittwoch|donnerstag|freitag|lundi|mardi|mercredi|jeudi|vendredi|lunes|martes|miércoles|jueves|viernes|\d{1,2}(?::\d\d)?(?: ?[ap]m)?|\d{4}-\d\d-\d\d|january|february|march|april|may|june|july|august|september|october|november|december)\b|\b(?:tomorrow|tonight|asap|today|eod|morgen|demain|mañana)\b/i;
const PROMISE =
  /^(?:(?:ok(?:ay)?|yes|yeah|sure|and|so|then|alright|done|no problem|np|will do|agreed|great|perfect|fine|cool|good (?:idea|point))[,.!: ]+)*(?:i(?:'ll| will|'m going to| am going to|'m gonna| can| shall| need to| have to|'d be happy to)|let me) +(?:also |then |just |try to |go and |go |quickly )*(?=\p{L})/iu;
/** In other languages, the whole sentence is the task. */
const ELSEWHERE =
  /^(?:(?:ok|gut|ja|oui|sí|vale|d'accord)[,.! ]+)*(?:ich (?:werde|mache|kümmere|schicke|schreibe|übernehme|prüfe|erledige)|je (?:vais|m'occupe|prépare|vérifie|j'envoie)|(?:yo )?(?:voy a|me encargo|enviaré|haré))(?!\p{L})|我.{0,12}(?:会|會|负责|負責|完成|将|將|来做|來做)|私が.{0,20}(?:します|やります)|(?:担当します|対応します)|제가.{0,20}(?:하겠습니다|할게요)/iu;
const IDLE =
  /^(?:be (?:right |there|back|here|honest|glad|happy|late|fine|ok|able|in)|see|say|tell you|admit|think|bet|never|not |understand|imagine|hear|remember|guess|assume|know|have to (?:say|admit|go)|get (?:back|there|it)|just say|show you|explain|start (?:by|with)|hand (?:over|it)|give you|ask you|go (?:first|next|now)|stop|skip|read|wait|live|try$|relate|agree|do (?:it|that|this)?$)/i;
const REQUEST =
  /(?:^|[,:;.!] *|\b(?:hey|hi|so|and|please|pls) )(?:can|could|would|will) (?:you|u)(?: (?:please|pls|also|then|maybe|guys|all|both))* (?=\p{L})|(?:^|[,:] *)(?:please|pls|kindly) (?=\p{L})|\b(?:i need you to|you need to|you'll need to|make sure you|don't forget to|remember to|kannst du|könntest du|peux-tu|pouvez-vous|puedes) /iu;
const NOTE =
  /^(?:to-?do|action(?: items?)?|next steps?|follow[- ]?up|task|ai)\s*(?:\([^)]{1,40}\))?\s*[:–-]\s*(?=\S)/i;
const NEED =
  /^(?:we|somebody|someone) (?:still |really |also )*(?:need|have|must|should|ought)(?: to)? (?=\p{L})/iu;
const OTHER =
  /^@?([\p{L}\p{N}][\p{L}\p{N}._-]{1,30}(?: \p{Lu}[\p{L}]+)?),? (?:will|is going to|'ll|should|must|has to|needs to|to) (?=\p{Ll})/u;

export function task(text: string): Task | undefined {
  const weight = DAY.test(text) ? 1 : 0.5;
  const note = NOTE.exec(text);
  if (note) return { who: 'nobody', text: text.slice(note[0].length), weight: weight + 0.5 };
  if (ELSEWHERE.test(text) && !/[?？]\s*$/.test(text)) return { who: 'speaker', text, weight };
  const promise = PROMISE.exec(text);
  if (promise) {
    const rest = text.slice(promise[0].length);
    const weak = /^(?:[^a-z]*)(?:let me|i can|i need|i have)/i.test(promise[0]) && weight < 1;
    return IDLE.test(rest) || text.endsWith('?') || weak || rest.split(' ').length < 2
      ? undefined
      : { who: 'speaker', text: rest, weight };
  }
  const request = REQUEST.exec(text);
  if (request) {
    const rest = text.slice(request.index + request[0].length);
    return /^(?:see|hear|tell me (?:what|how|why|if)|explain|say|repeat|imagine|believe|think|go ahead|help|elaborate|not)\b/i.test(
      rest,
    ) || rest.split(' ').length < 2
      ? undefined
      : { who: 'addressed', text: rest, weight };
  }
  const other = OTHER.exec(text);
  if (other) return { who: { name: other[1]! }, text: text.slice(other[0].length), weight };
  if (NEED.test(text) && weight === 1) return { who: 'nobody', text: text.replace(NEED, ''), weight: 0.7 };
  return undefined;
}
