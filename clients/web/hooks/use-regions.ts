// F6 and Ctrl+F6 go around the regions of the page (Shift: backwards), each marked `data-region`.
import { useEffect } from 'react';

export function useRegions(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'F6' || event.altKey || event.metaKey) return;
      const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(
        region => region.offsetParent !== null && !region.closest('[inert]'),
      );
      const at = regions.findIndex(region => region.contains(document.activeElement));
      const step = event.shiftKey ? -1 : 1;
      const start = at < 0 && event.shiftKey ? 0 : at;
      focusRegion(regions[(start + step + regions.length) % regions.length]);
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

/** The place that a region names for it, else its first control. */
export function focusRegion(region: HTMLElement | null | undefined): void {
  const target =
    region?.querySelector<HTMLElement>('[data-region-focus]') ??
    region?.querySelector<HTMLElement>('a[href], button:not([disabled]), textarea, input, [tabindex="0"]');
  target?.focus();
}
