// The talk of a room: a virtual list that keeps its place, a line where the unread begins, a way back to the newest.
import {
  type KeyboardEvent,
  type Ref,
  useCallback,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import type { RoomSnapshot } from '../../js/index.ts';
import { usePlace } from '../hooks/use-place.ts';
import { useReading } from '../hooks/use-reading.ts';
import { useStore } from '../hooks/use-store.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import type { RoomEntry } from '../state/room-list.ts';
import { type Item, timeline } from '../state/timeline.ts';
import { JumpPill } from './jump-pill.tsx';
import { useRoomActions } from './room-context.ts';
import { RoomStart } from './room-start.tsx';
import { Row } from './row.tsx';

export interface ListHandle {
  /** False when it lies too far back. @param focus it is looked for further back, and has the focus then */
  jump(message: string, focus?: boolean): Promise<boolean>;
}

interface Props {
  ref: Ref<ListHandle>;
  snapshot: RoomSnapshot;
  entry: RoomEntry;
  editing: string | undefined;
}

const LIT_MS = 3_000;

export function MessageList({ ref, snapshot, entry, editing }: Props) {
  const { me, places, bots } = useWorkspace();
  const { room, focusComposer } = useRoomActions();
  const handle = useRef<VirtualizerHandle>(null);
  const [bottom, setBottom] = useState(false);
  const { line } = useReading(room, snapshot, bottom);
  const { messages, hasOlder } = snapshot;
  const { drafts } = useStore(bots.desk(room.id));
  const whole = !hasOlder && snapshot.epoch !== undefined;
  const lineAfter = line?.after;
  const items = useMemo(
    () => timeline(drafts.length > 0 ? [...messages, ...drafts] : messages, { me: me.id, lineAfter, whole }),
    [messages, drafts, me.id, lineAfter, whole],
  );
  const last = messages.at(-1);
  const place = usePlace({
    handle,
    items,
    ready: line !== undefined,
    sending: last?.pending ? last.id : undefined,
    older: useCallback((limit?: number) => room.loadOlder(limit), [room]),
    places,
    key: `${me.id}.place.${room.id}`,
  });
  if (bottom !== place.atBottom) setBottom(place.atBottom);

  const { current, focusOn, focusRow, onKeyDown } = useRoving(handle, items, focusComposer);
  const [lit, light] = useLight();
  useImperativeHandle(ref, () => ({
    async jump(message, focus) {
      const key = await place.jump(message, focus);
      if (key === undefined) return false;
      light(key);
      if (focus) focusRow(key);
      return true;
    },
  }));

  const shift = useShift(items);

  return (
    <section className="timeline" aria-label={`Messages in ${entry.title}`} data-region>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys only move between the messages inside */}
      <div className="scroller" data-testid="messages" onKeyDown={onKeyDown}>
        <div className="scroller-space" />
        <Virtualizer
          ref={handle}
          data={items}
          shift={shift}
          bufferSize={600}
          keepMounted={current >= 0 ? [current] : []}
          onScroll={place.onScroll}
          onScrollEnd={place.onScrollEnd}
          onResize={place.onResize}
        >
          {(item, index) =>
            item.kind === 'start' ? (
              <RoomStart key={item.key} entry={entry} />
            ) : (
              <Row
                key={item.key}
                item={item}
                lineAfter={item.line ? lineAfter : undefined}
                current={index === (current < 0 ? items.length - 1 : current)}
                editing={item.key === editing}
                lit={item.key === lit}
                onFocus={focusOn}
              />
            )
          }
        </Virtualizer>
      </div>
      {!place.atBottom && items.length > 0 && (
        <JumpPill unread={snapshot.unread} after={lineAfter} onClick={place.toBottom} />
      )}
    </section>
  );
}

/** The row that shows where one has jumped to, for a while. */
function useLight(): [lit: string | undefined, light: (key: string) => void] {
  const [lit, setLit] = useState<string>();
  const timer = useRef<number>(undefined);
  const light = useCallback((key: string) => {
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setLit(undefined), LIT_MS);
    setLit(key);
  }, []);
  return [lit, light];
}

/** Items came or went at the start only, so the list must hold on to its end. */
function useShift(items: readonly Item[]): boolean {
  const before = useRef<{ first?: string | undefined; last?: string | undefined }>({});
  const { first, last } = before.current;
  const shift =
    first !== undefined && items[0]?.key !== first && items.some(({ key }) => key === first || key === last);
  useLayoutEffect(() => {
    before.current = { first: items[0]?.key, last: items.at(-1)?.key };
  });
  return shift;
}

const focusNow = (key: string) => document.getElementById(rowId(key))?.focus({ preventScroll: true });

/** One message is in the tab order; arrow keys go from it to the next. */
function useRoving(
  handle: React.RefObject<VirtualizerHandle | null>,
  items: readonly Item[],
  leave: () => void,
) {
  const [key, setKey] = useState<string>();
  const wanted = useRef<string>(undefined);
  const current = key === undefined ? -1 : items.findIndex(item => item.key === key);

  useLayoutEffect(() => {
    // A scroll may draw the list anew before the row that is wanted is part of it.
    if (wanted.current === undefined || wanted.current !== key) return;
    wanted.current = undefined;
    focusNow(key);
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const on = event.target as HTMLElement;
    if (!on.id.startsWith('row-') || event.altKey || event.ctrlKey || event.metaKey) return;
    const at = current < 0 ? items.length - 1 : current;
    const next = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === 'Escape') leave();
    if (next === undefined) return;
    event.preventDefault();
    const item = items[Math.min(Math.max(next, 0), items.length - 1)];
    if (!item) return;
    wanted.current = item.key;
    setKey(item.key);
    handle.current?.scrollToIndex(items.indexOf(item), { align: 'nearest' });
  };

  const focusRow = (row: string) => {
    if (row === key) return focusNow(row);
    wanted.current = row;
    setKey(row);
  };
  return { current, focusOn: setKey, focusRow, onKeyDown };
}

export const rowId = (key: string): string => `row-${key}`;
