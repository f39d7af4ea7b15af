// The past of English verbs, where the words around them show that they are verbs: after a pronoun, or by their own form.

const AUXILIARY: Readonly<Record<string, string>> = {
  is: 'was',
  "isn't": 'was not',
  are: 'were',
  "aren't": 'were not',
  am: 'was',
  has: 'had',
  "hasn't": 'had not',
  have: 'had',
  "haven't": 'had not',
  do: 'did',
  does: 'did',
  "don't": 'did not',
  "doesn't": 'did not',
  "didn't": 'did not',
  will: 'would',
  "won't": 'would not',
  can: 'could',
  "can't": 'could not',
  cannot: 'could not',
  may: 'might',
  shall: 'should',
  "wasn't": 'was not',
  "weren't": 'were not',
  "couldn't": 'could not',
  "wouldn't": 'would not',
  "shouldn't": 'should not',
  must: 'had to',
  "hadn't": 'had not',
};
const SHORT: Readonly<Record<string, string>> = {
  "'s": ' was',
  "'re": ' were',
  "'m": ' was',
  "'ve": ' had',
  "'ll": ' would',
  "'d": ' would',
};
const IRREGULAR: Readonly<Record<string, string>> = {
  go: 'went',
  get: 'got',
  make: 'made',
  take: 'took',
  see: 'saw',
  come: 'came',
  think: 'thought',
  know: 'knew',
  give: 'gave',
  find: 'found',
  tell: 'told',
  become: 'became',
  leave: 'left',
  feel: 'felt',
  bring: 'brought',
  begin: 'began',
  keep: 'kept',
  hold: 'held',
  write: 'wrote',
  stand: 'stood',
  hear: 'heard',
  mean: 'meant',
  meet: 'met',
  run: 'ran',
  pay: 'paid',
  sit: 'sat',
  speak: 'spoke',
  lead: 'led',
  grow: 'grew',
  lose: 'lost',
  fall: 'fell',
  send: 'sent',
  build: 'built',
  understand: 'understood',
  draw: 'drew',
  break: 'broke',
  spend: 'spent',
  rise: 'rose',
  drive: 'drove',
  buy: 'bought',
  wear: 'wore',
  choose: 'chose',
  say: 'said',
  sell: 'sold',
  show: 'showed',
  teach: 'taught',
  catch: 'caught',
  eat: 'ate',
  win: 'won',
  sleep: 'slept',
  throw: 'threw',
  forget: 'forgot',
  do: 'did',
  have: 'had',
  deal: 'dealt',
  seek: 'sought',
  stick: 'stuck',
  fit: 'fit',
  put: 'put',
  set: 'set',
  cut: 'cut',
  let: 'let',
  hit: 'hit',
  cost: 'cost',
  hurt: 'hurt',
  read: 'read',
  quit: 'quit',
  split: 'split',
  beat: 'beat',
  shut: 'shut',
  spread: 'spread',
  be: 'were',
};
const SUBJECT = new Set(
  'i we you they he she it this that these those who which there everybody everyone people'.split(' '),
);
/** Subjects whose verb takes no -s. */
const PLAIN = new Set('i we you they people these those'.split(' '));
const BETWEEN = new Set(
  'also really just still always never actually probably only already often usually definitely certainly now then basically all both sort kind'.split(
    ' ',
  ),
);
/** Frequent verbs that form their past with -ed; one that is not here stays as it was said. */
const REGULAR = new Set(
  `accept achieve act add address adjust affect agree aim allow announce answer appear apply approach approve argue arrange arrive ask assign assume
  attach attend avoid base believe belong benefit calculate call care carry cause change charge check choose claim close collect combine communicate
  compare complete concentrate concern confirm connect consider consist contain continue contribute control convert cover create decide define delay
  deliver depend deploy describe deserve design develop die differ disagree discuss divide double drop earn edit enable end enjoy ensure establish
  estimate evaluate exist expect experience explain extend fail fill finish fix focus follow force form fund generate guarantee guess handle happen
  hate help highlight hope identify ignore imagine implement imply improve include increase indicate inform install integrate intend introduce involve
  join jump label last launch learn like limit link listen live load lock log look love maintain manage mark match matter measure mention merge miss
  mix move need note notice obtain offer open operate order organize organise own pass perform pick place plan play plug point prefer prepare present
  press prevent process produce promise propose protect prove provide publish pull push question raise reach realize realise receive recognize
  recognise recommend record reduce refer reflect reject relate release rely remain remember remind remove rename repeat replace reply report
  represent request require research resolve respect respond restart result return review save schedule score search seem select serve share show
  sign solve sort sound start state stay stop store study submit succeed suggest supply support suppose switch talk target test thank touch track
  trade train transfer transform translate travel treat trust try turn update use vary view visit vote wait walk want warn watch welcome wish wonder
  work worry`.split(/\s+/),
);

/** The past of these is only meant right after a subject: "they have", but "could have", "to do". */
const PLAIN_FORM = new Set(['have', 'do']);

/** Whether a word in lower case is a verb we know, as said of I or of her. */
export const isVerb = (word: string): boolean => {
  const base = thirdPerson(word) ?? word;
  return base in IRREGULAR || REGULAR.has(base);
};

export function past(sentence: string): string {
  const words = sentence.split(' ');
  const out: string[] = [];
  let subject: string | undefined;
  let bareNext = false;
  for (const raw of words) {
    const [, head = '', core = '', tail = ''] = /^([("“']*)(.*?)([.,;:!?)"”…]*)$/.exec(raw) ?? [];
    const word = core.toLowerCase();
    const joined = /^(.+?)('(?:s|re|m|ve|ll|d))$/.exec(word);
    let next = core;
    if (
      joined &&
      (SUBJECT.has(joined[1]!) || /^(?:what|how|where|here|i)$/.test(joined[1]!)) &&
      joined[1] !== 'let'
    ) {
      const [, base, ending] = joined;
      next = core.slice(0, base!.length) + SHORT[ending!];
      subject = undefined;
      bareNext = ending === "'ll" || ending === "'d";
    } else if (AUXILIARY[word] && !(PLAIN_FORM.has(word) && (bareNext || subject === undefined))) {
      next = AUXILIARY[word]!;
      bareNext = !/^(?:is|are|am|has|have|isn't|aren't|hasn't|haven't|was|were)/.test(word);
      subject = undefined;
    } else if (SUBJECT.has(word)) {
      subject = word;
      bareNext = false;
    } else if (subject && BETWEEN.has(word)) {
      // The verb is still to come.
    } else if (subject && !bareNext) {
      if (/^\p{Ll}+$/u.test(core)) next = verb(word, subject);
      subject = undefined;
    } else {
      subject = undefined;
      if (!BETWEEN.has(word) && word !== 'not') bareNext = false;
    }
    if (tail) subject = undefined;
    out.push(head + next + tail);
  }
  return out.join(' ');
}

function verb(word: string, subject: string): string {
  const base = PLAIN.has(subject) ? word : thirdPerson(word);
  if (base === undefined) return word;
  return IRREGULAR[base] ?? (REGULAR.has(base) ? regular(base) : word);
}

/** The plain form of what looks like a third person; undefined when it does not: after "it" or "that" a noun is as likely. */
function thirdPerson(word: string): string | undefined {
  if (word === 'goes' || word === 'does') return word.slice(0, -2);
  if (!/[^s]s$/.test(word)) return undefined;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:sh|ch|x|ss|zz)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}

function regular(base: string): string {
  if (base.endsWith('e')) return `${base}d`;
  if (/[^aeiou]y$/.test(base)) return `${base.slice(0, -1)}ied`;
  if (/^[^aeiou]*[aeiou][bdgklmnprt]$/.test(base) && !/[aeiou]{2}/.test(base))
    return `${base}${base.at(-1)}ed`;
  return `${base}ed`;
}
