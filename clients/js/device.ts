// The name of this browser, kept for ever, so that the hub can tell two tabs from two machines.
import { uuid } from './uuid.ts';

const KEY = 'first-court-device';

/** Undefined outside browsers, and where a page may not store anything. */
export function browserDevice(): string | undefined {
  try {
    // A property of Node's global object would warn when it is looked at.
    const storage = globalThis.window?.localStorage;
    if (!storage) return undefined;
    const device = storage.getItem(KEY) ?? uuid();
    storage.setItem(KEY, device);
    return device;
  } catch {
    // The browser forbids storage: the hub counts this page as a device of its own.
    return undefined;
  }
}
