// Arrow keys in a list or grid of controls: moves the focus among descendants marked `data-item`.
import type { KeyboardEvent } from 'react';

/** @param columns more than one makes it a grid */
export function arrowKeys(columns = 1) {
  const steps: Record<string, number> = {
    ArrowUp: -columns,
    ArrowDown: columns,
    ...(columns > 1 && { ArrowLeft: -1, ArrowRight: 1 }),
    Home: Number.NEGATIVE_INFINITY,
    End: Number.POSITIVE_INFINITY,
  };
  return (event: KeyboardEvent<HTMLElement>) => {
    const step = steps[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-item]')];
    const at = items.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    const next = Math.min(items.length - 1, Math.max(0, at + step));
    items[next]?.focus();
    event.preventDefault();
  };
}
