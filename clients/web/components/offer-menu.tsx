// What is offered above the field while one types; the field keeps the focus.
import type { ReactNode } from 'react';

interface Props<T> {
  id: string;
  label: string;
  items: readonly T[];
  at: number;
  keyOf(item: T): string;
  onPick(item: T): void;
  children(item: T): ReactNode;
}

export function OfferMenu<T>({ id, label, items, at, keyOf, onPick, children }: Props<T>) {
  return (
    <div className="offer-menu" id={id} role="listbox" aria-label={label}>
      {items.map((item, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the field handles the keys
        <div
          key={keyOf(item)}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === at}
          className="offer"
          // Before the field loses the focus.
          onMouseDown={event => event.preventDefault()}
          onClick={() => onPick(item)}
        >
          {children(item)}
        </div>
      ))}
    </div>
  );
}
