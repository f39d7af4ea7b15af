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
const PAST = new Set([
  ...Object.values(IRREGULAR),
  ...Object.values(AUXILIARY),
  'was',
  'were',
  'had',
  'did',
  'would',
  'could',
  'should',
  'might',
  'used',
]);
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
/** After a pronoun, but no verb. */
const NO_VERB = new Set(
  'the a an and or but of to in on at for with by as if so not that this what how which who all one ones way time thing kind whole our your my their his her its it they we i you he she because when where than like more very much is'.split(
    ' ',
  ),
);

export function past(sentence: string): string {
  const words = sentence.split(' ');
  const out: string[] = [];
  let subject: string | undefined;
  let bareNext = false;
  for (const [index, raw] of words.entries()) {
    const [, head = '', core = '', tail = ''] = /^([("“']*)(.*?)([.,;:!?)"”…]*)$/.exec(raw) ?? [];
    const word = core.toLowerCase();
    const previous = words[index - 1]?.toLowerCase() ?? '';
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
    } else if (AUXILIARY[word] && !afterHelper(previous, word)) {
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
      if (!BETWEEN.has(word)) bareNext = false;
    }
    if (tail) subject = undefined;
    out.push(head + next + tail);
  }
  return out.join(' ');
}

/** "Would have", "to have", "should do": after these, the plain form stays. */
const afterHelper = (previous: string, word: string) =>
  /^(?:have|do|be)$/.test(word) &&
  /^(?:to|will|would|can|could|should|shall|may|might|must|not|n't|don't|doesn't|didn't|won't|can't|couldn't|wouldn't|shouldn't|let|i'll|we'll|you'll|they'll|it'll|that'll|i'd|we'd|they'd|you'd|they|you|we|i)$/.test(
    previous,
  ) &&
  !(/^(?:they|you|we|i)$/.test(previous) && word !== 'be');

function verb(word: string, subject: string): string {
  if (
    NO_VERB.has(word) ||
    PAST.has(word) ||
    word.endsWith('ed') ||
    word.endsWith('ing') ||
    word.endsWith('ly') ||
    word.length < 2
  )
    return word;
  const plain = PLAIN.has(subject);
  const base = plain ? word : thirdPerson(word);
  if (base === undefined) return word;
  return IRREGULAR[base] ?? regular(base);
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
