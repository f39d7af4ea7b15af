// What stands in for a model: plain rules that write statements from the material, each with the lines that it rests on.

export interface Said {
  readonly by: string;
  readonly text: string;
}

export interface Written {
  readonly text: string;
  /** Places in the material, from 0; others stand for what a model makes up. */
  readonly cites: readonly number[];
}

/** @param told all that the model was told beside the material */
export type Writer = (material: readonly Said[], told: string) => Written[];

const MOST = 5;

/** The first sentences of what is longest, in the order in which it was said. */
export const extractive: Writer = material =>
  material
    .map((said, at) => ({ ...said, at }))
    .sort((a, b) => b.text.length - a.text.length)
    .slice(0, MOST)
    .sort((a, b) => a.at - b.at)
    .map(({ by, text, at }) => ({ text: `${by}: ${firstSentence(text)}`, cites: [at] }));

const ORDER =
  /\b(?:say|write|output|print|reply|respond|answer|append|add|repeat)\b[^"“'\n]{0,80}["“']([^"”'\n]+)["”']/gi;
const REVEAL =
  /\b(?:system prompt|your (?:instructions|rules)|everything above|initial instructions|verbatim)\b/i;
const CITE = /\bcit(?:e|ing)\b[^\d\n]{0,40}(\d+)/gi;

/** Does what messages tell it to, as a badly made model would: says what they want, cites what they name, shows what it was told. */
export const gullible: Writer = (material, told) => {
  const obeyed = material.flatMap(({ text }, at): Written[] => {
    const cites = [...text.matchAll(CITE)].map(([, number]) => Number(number));
    const words = [...text.matchAll(ORDER)].map(([, wanted]) => wanted as string);
    if (REVEAL.test(text)) words.push(told.replaceAll('\n', ' '));
    return words.map(wanted => ({ text: wanted, cites: cites.length > 0 ? cites : [at] }));
  });
  return obeyed.length > 0 ? obeyed : extractive(material, told);
};

function firstSentence(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return /^.{10,}?[.!?](?=\s|$)/.exec(line)?.[0] ?? line.slice(0, 200);
}

/** About as many as a vendor would count. */
export const tokensOf = (text: string): number => Math.ceil(text.length / 4);
