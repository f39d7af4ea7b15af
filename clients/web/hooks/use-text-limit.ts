// What to say when a text is longer than the hub takes; it counts bytes of UTF-8.
import { useWorkspace } from './use-workspace.ts';

const DEFAULT_BYTES = 16 * 1024;

export function useTextLimit(text: string): string | undefined {
  const { court } = useWorkspace();
  const limit = court.welcome?.limits.textBytes ?? DEFAULT_BYTES;
  // No character takes more than three bytes per UTF-16 unit, so most texts need no counting.
  if (text.length * 3 <= limit) return undefined;
  const over = new TextEncoder().encode(text).length - limit;
  return over > 0 ? `Too long by ${over} bytes` : undefined;
}
