// The shape of what every observer must hold: no hole, no repetition, in order (I4, I5).
import * as assert from 'uvu/assert';

export function consecutive(seqs: readonly number[]): void {
  assert.equal(
    seqs,
    seqs.map((_, i) => (seqs[0] as number) + i),
  );
}
