// The terminal as a screen: drawn over in place, and given back as it was, whatever ends it.
import type { Context } from '../context.ts';

export interface Screen extends Disposable {
  readonly size: { readonly columns: number; readonly rows: number };
  draw(lines: readonly string[]): void;
  /** Resolves when somebody wants to leave: true by Ctrl-C, false by `q`. */
  readonly left: Promise<boolean>;
}

const ESC = '\u001b[';
/** A screen of its own, so that what stood there before comes back. */
const ENTER = `${ESC}?1049h${ESC}?25l`;
const LEAVE = `${ESC}?25h${ESC}?1049l`;
const HOME = `${ESC}H`;
const CLEAR_LINE = `${ESC}K`;
const CLEAR_BELOW = `${ESC}J`;
const CTRL_C = '\u0003';

/** @param resized the size is another one now */
export function openScreen(
  { stdin, stdout }: Pick<Context, 'stdin' | 'stdout'>,
  resized: () => void,
): Screen {
  const left = Promise.withResolvers<boolean>();
  const pressed = (keys: string | Buffer) => {
    const text = String(keys);
    if (text.includes(CTRL_C)) left.resolve(true);
    else if (/[qQ]/.test(text)) left.resolve(false);
  };
  const keys = stdin.isTTY === true;
  if (keys) {
    stdin.setRawMode(true);
    stdin.on('data', pressed);
    stdin.resume();
  }
  stdout.on('resize', resized);
  stdout.write(ENTER);
  return {
    get size() {
      return { columns: stdout.columns || 80, rows: stdout.rows || 24 };
    },
    draw(lines) {
      stdout.write(`${HOME}${lines.map(line => `${line}${CLEAR_LINE}`).join('\r\n')}${CLEAR_BELOW}`);
    },
    left: left.promise,
    [Symbol.dispose]() {
      stdout.off('resize', resized);
      if (keys) {
        stdin.off('data', pressed);
        stdin.setRawMode(false);
        stdin.pause();
      }
      stdout.write(LEAVE);
    },
  };
}
