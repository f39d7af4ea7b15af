// What must never stand in a page that shows foreign text: code, frames, foreign pictures, links that run (attack 21).
import type { Page } from 'playwright-core';

/** One line for each finding; runs in the page as it stands. */
export const findDangers = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    if ('pwned' in window) found.push('code ran');
    const tags =
      'script, img, iframe, frame, object, embed, base, meta, link, style, video, audio, source, math, svg *:not(path):not(circle)';
    // Pictures that our own code fetched stand in the page's memory.
    for (const element of document.querySelectorAll(`#root :is(${tags}):not(img[src^="blob:"])`))
      found.push(element.outerHTML.slice(0, 120));
    for (const element of document.querySelectorAll('#root *')) {
      for (const { name, value } of element.attributes) {
        if (name.startsWith('on') || name === 'srcdoc' || name === 'action' || name === 'formaction')
          found.push(`${name}=${value}`);
        if (name === 'href' && !/^(https?:\/\/|mailto:|#\/)/.test(value)) found.push(`${name}=${value}`);
      }
      if (element.matches('.prose a') && element.getAttribute('rel') !== 'noopener noreferrer nofollow')
        found.push(`rel of ${element.outerHTML}`);
    }
    return found;
  });
