// Keeps the place in a long list: at the newest when one was there, else at the message one was reading, also over a reload.
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { VirtualizerHandle } from 'virtua';
import type { Keep } from '../state/storage.ts';
import type { Item } from '../state/timeline.ts';

interface Config {
  handle: RefObject<VirtualizerHandle | null>;
  items: readonly Item[];
  /** The items are the room's, and not only what was kept of it. */
  ready: boolean;
  /** The last item is one's own and new. */
  sending: string | undefined;
  /** @param limit so many at most */
  older(limit?: number): Promise<boolean>;
  places: Keep;
  key: string;
}

interface Place {
  item: string;
  delta: number;
}

/** How near the end counts as being there, and how near the start asks for more, in pixels. */
const NEAR = 60;
const EARLY = 800;
/** Pages of older messages that are read to find a place again. */
const SEARCH_PAGES = 10;
/** For the source of a claim one looks further back, in larger steps: nothing else shows it. */
const FAR = { pages: 30, size: 200 } as const;

export function usePlace({ handle, items, ready, sending, older, places, key }: Config) {
  const [atBottom, setAtBottom] = useState(false);
  const stick = useRef(true);
  const lastOffset = useRef(0);
  const placed = useRef(false);
  const latest = useRef(items);
  latest.current = items;

  const toBottom = useCallback(() => {
    stick.current = true;
    handle.current?.scrollToIndex(latest.current.length - 1, { align: 'end' });
  }, [handle]);

  /** Whoever asks while a page is on its way gets that one. */
  const loadOlder = useCallback(
    async (limit?: number): Promise<boolean> => {
      try {
        return await older(limit);
      } catch {
        // No connection: the next scroll asks again.
        return false;
      }
    },
    [older],
  );

  /** Reads back until the message is there. */
  const find = useCallback(
    async (message: string, pages: number = SEARCH_PAGES, size?: number): Promise<number> => {
      for (let page = 0; page <= pages; page++) {
        const index = latest.current.findIndex(item => shows(item, message));
        if (index >= 0 || !(await loadOlder(size))) return index;
        await nextFrame();
      }
      return -1;
    },
    [loadOlder],
  );

  const measure = useCallback(() => {
    const list = handle.current;
    if (!list || !placed.current) return;
    const offset = list.scrollOffset;
    const near = list.scrollSize - list.viewportSize - offset < NEAR;
    if (near) stick.current = true;
    else if (offset < lastOffset.current - 1) stick.current = false;
    lastOffset.current = offset;
    setAtBottom(near);
    if (offset < EARLY) void loadOlder();
  }, [handle, loadOlder]);

  // First of all to where one was, to the first unread message, or to the end.
  useLayoutEffect(() => {
    const list = handle.current;
    if (!ready || placed.current || !list || items.length === 0) return;
    placed.current = true;
    const line = items.findIndex(item => item.line);
    const place = places.read<Place>(key);
    if (place || line >= 0) stick.current = false;
    if (place) {
      void find(place.item).then(index => {
        if (index >= 0) list.scrollToIndex(index, { align: 'start', offset: place.delta });
        else toBottom();
      });
    } else if (line >= 0) list.scrollToIndex(line, { align: 'start', offset: -24 });
    else toBottom();
    requestAnimationFrame(measure);
  }, [ready, items, handle, places, key, find, measure, toBottom]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: new items are what triggers it
  useLayoutEffect(() => {
    if (placed.current && stick.current) toBottom();
  }, [items, toBottom]);

  useEffect(() => {
    if (sending) toBottom();
  }, [sending, toBottom]);

  const onResize = useCallback(() => {
    if (stick.current && placed.current) toBottom();
    measure();
  }, [toBottom, measure]);

  const onScrollEnd = useCallback(() => {
    const list = handle.current;
    if (!list || !placed.current) return;
    measure();
    const index = list.findItemIndex(list.scrollOffset);
    const item = latest.current[index]?.key;
    const place =
      stick.current || !item ? undefined : { item, delta: list.scrollOffset - list.getItemOffset(index) };
    places.write(key, place);
  }, [handle, measure, places, key]);

  const jump = useCallback(
    async (message: string, far = false): Promise<string | undefined> => {
      const index = await (far ? find(message, FAR.pages, FAR.size) : find(message));
      const item = latest.current[index];
      if (!item) return undefined;
      stick.current = false;
      handle.current?.scrollToIndex(index, { align: 'center' });
      return item.key;
    },
    [find, handle],
  );

  return { atBottom, toBottom, jump, onScroll: measure, onResize, onScrollEnd };
}

const shows = (item: Item, message: string) =>
  item.key === message || (item.kind === 'replies' && item.replies.some(({ id }) => id === message));

const nextFrame = () => new Promise(resolve => requestAnimationFrame(resolve));
