// Bytes that only pass through die young, but V8 counts them beside its heap and looks through all of it every ten megabytes or so: for an upload
// that was half of its processor time. A look at the young alone takes less than a millisecond, and frees them as well.
import v8 from 'node:v8';
import vm from 'node:vm';

/** Bytes between two looks. */
const EVERY = 8 * 1024 * 1024;

/** Told of each piece that passes. */
export type PassingBytes = (bytes: number) => void;

export function createPassingBytes(): PassingBytes {
  const collect = minorCollection();
  if (!collect) return () => {};
  let passed = 0;
  return bytes => {
    passed += bytes;
    if (passed < EVERY) return;
    passed = 0;
    collect();
  };
}

/** Undefined where this Node has none. */
function minorCollection(): (() => void) | undefined {
  v8.setFlagsFromString('--expose-gc');
  const gc: unknown = vm.runInNewContext('typeof gc === "function" ? gc : undefined');
  return typeof gc === 'function' ? () => gc({ type: 'minor' }) : undefined;
}
