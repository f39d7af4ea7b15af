// How central each sentence is to the whole: TextRank on rare words in common, by power iteration over the words instead of over pairs.

const DAMPING = 0.85;
const ROUNDS = 20;

/**
 * Two sentences are as near as the product of their weights of words in common, so a step of the walk goes sentence → word → sentence:
 * its cost grows with the words, not with the square of the sentences.
 */
export function centrality(terms: readonly (readonly string[])[]): Float64Array {
  const count = terms.length;
  const ids = new Map<string, number>();
  const frequency: number[] = [];
  const rows = terms.map(list => {
    const row = [...new Set(list)].map(term => {
      const id = ids.get(term) ?? ids.size;
      ids.set(term, id);
      frequency[id] = (frequency[id] ?? 0) + 1;
      return id;
    });
    return row;
  });
  const weight = frequency.map(n => (n > 1 ? Math.log(1 + count / n) : 0));
  const norm = rows.map(row => Math.sqrt(row.reduce((sum, id) => sum + weight[id]! ** 2, 0)) || 1);
  const total = new Float64Array(ids.size);
  rows.forEach((row, i) => {
    for (const id of row) total[id]! += weight[id]! / norm[i]!;
  });
  let rank = new Float64Array(count).fill(1 / count);
  for (let round = 0; round < ROUNDS; round++) {
    const pools = new Float64Array(ids.size);
    rows.forEach((row, i) => {
      let degree = 0;
      for (const id of row) degree += (weight[id]! / norm[i]!) * (total[id]! - weight[id]! / norm[i]!);
      if (degree <= 0) return;
      const give = (DAMPING * rank[i]!) / degree;
      for (const id of row) pools[id]! += (give * weight[id]!) / norm[i]!;
    });
    const next = new Float64Array(count).fill((1 - DAMPING) / count);
    rows.forEach((row, i) => {
      for (const id of row) next[i]! += (pools[id]! * weight[id]!) / norm[i]!;
    });
    rank = next;
  }
  return rank;
}
