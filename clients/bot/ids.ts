// Ids made from what causes a message: the same cause gives the same id, by which the hub knows a repetition (I3).
import { createHash } from 'node:crypto';

/** A UUID that only these parts give. */
export function derivedId(...parts: (string | number)[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-8$3-a$4-$5');
}
