// Offers what one may mean while one types a word that begins with a mark, such as a name after an `@`.
import { type RefObject, useState } from 'react';

export interface Offering<T> {
  /** Up to the caret: what was typed after the mark is its first group. */
  open: RegExp;
  /** What begins so, in lower case, the best first. */
  offers(start: string): readonly T[];
  /** What stands in the text in place of the mark and what was typed. */
  text(item: T): string;
  /** What was typed is this one already: the key is not for the menu. */
  isWhole?(item: T, typed: string): boolean;
}

/** `onKey` says whether the key was for the menu. */
export function useOfferMenu<T>(
  field: RefObject<HTMLTextAreaElement | null>,
  value: string,
  onChange: (text: string) => void,
  { open: begins, offers, text, isWhole }: Offering<T>,
) {
  const [caret, setCaret] = useState(-1);
  const [at, setAt] = useState(0);

  const typed = caret < 0 ? undefined : begins.exec(value.slice(0, caret))?.[1]?.toLowerCase();
  const items = typed === undefined ? [] : offers(typed);
  const open = items.length > 0;
  const chosen = Math.min(at, items.length - 1);
  const close = () => setCaret(-1);

  const pick = (item: T) => {
    const box = field.current;
    if (!box || typed === undefined) return;
    box.setRangeText(`${text(item)} `, caret - typed.length - 1, caret, 'end');
    onChange(box.value);
    box.focus();
    close();
  };

  const onKey = (key: string): boolean => {
    if (!open) return false;
    const item = items[chosen];
    if (key === 'ArrowDown') setAt((chosen + 1) % items.length);
    else if (key === 'ArrowUp') setAt((chosen + items.length - 1) % items.length);
    else if (key === 'Escape') close();
    else if ((key === 'Enter' || key === 'Tab') && item) {
      if (key === 'Enter' && isWhole?.(item, typed ?? '')) return false;
      pick(item);
    } else return false;
    return true;
  };

  const onSelect = () => {
    const box = field.current;
    const here = box && box.selectionStart === box.selectionEnd ? box.selectionStart : -1;
    if (here !== caret) setAt(0);
    setCaret(here);
  };

  return { open, items, at: chosen, pick, onKey, onSelect, close };
}
