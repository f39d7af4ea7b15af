// Looks for what a reader of the screen would stumble over: controls without a name, ids that are there twice, pictures without words.
import type { Page } from 'playwright-core';

/** One line for each finding; runs in the page as it stands. */
export const findNameless = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const controls =
      'button, a[href], input, textarea, select, [role=button], [role=menuitem], [role=menuitemradio], [role=option], [role=dialog], [role=listbox], [tabindex="0"]';
    const byIds = (ids: string | null) =>
      (ids ?? '')
        .split(/\s+/)
        .map(id => document.getElementById(id)?.textContent ?? '')
        .join(' ');
    const name = (element: Element) =>
      [
        element.getAttribute('aria-label'),
        byIds(element.getAttribute('aria-labelledby')),
        ...[...((element as HTMLInputElement).labels ?? [])].map(label => label.textContent),
        element.textContent,
        element.getAttribute('title'),
      ].find(text => text?.trim());
    const found: string[] = [];
    for (const element of document.querySelectorAll(controls)) {
      if (!element.checkVisibility() || element.closest('[aria-hidden=true]')) continue;
      if (!name(element)) found.push(`no name: ${element.outerHTML.slice(0, 160)}`);
    }
    for (const image of document.querySelectorAll('img:not([alt]), svg:not([aria-hidden]):not([aria-label])'))
      found.push(`no words: ${image.outerHTML.slice(0, 160)}`);
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) found.push(`id twice: ${id}`);
    if (!document.documentElement.lang) found.push('no language');
    if (!document.title) found.push('no title');
    return found;
  });
