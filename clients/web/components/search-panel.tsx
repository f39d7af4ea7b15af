// Search at the right of the room: what is looked for, what was found, and the way there.
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { SearchHit } from '../../js/index.ts';
import { arrowKeys } from '../hooks/use-arrow-keys.ts';
import { useStore } from '../hooks/use-store.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { go } from '../state/route.ts';
import { Icon } from './icons.tsx';
import { Panel } from './panel.tsx';
import { useRoomActions } from './room-context.ts';
import { SearchContext } from './search-context.tsx';
import { SearchHints } from './search-hints.tsx';
import { SearchHitRow } from './search-hit.tsx';

const onArrow = arrowKeys();

export function SearchPanel() {
  const { search } = useWorkspace();
  const { room } = useRoomActions();
  const { query, status, hits, total, cursor, error } = useStore(search);
  const [distant, setDistant] = useState<SearchHit['message']>();
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  useArrival(setDistant);

  useEffect(() => {
    // After a jump to another room the focus stays in the results.
    if (search.getSnapshot().target) list.current?.querySelector<HTMLElement>('[aria-current=true]')?.focus();
    else input.current?.select();
  }, [search]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void search.run();
  };
  const down = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown') return;
    list.current?.querySelector<HTMLElement>('[data-item]')?.focus();
    event.preventDefault();
  };
  const open = (hit: SearchHit) => {
    setDistant(undefined);
    search.go(hit.message);
    if (hit.message.room !== room.id) go({ room: hit.message.room, panel: { kind: 'search' } });
  };

  return (
    <Panel title="Search">
      <search>
        <form className="search-form" onSubmit={submit}>
          <Icon name="search" />
          <input
            ref={input}
            id="search-input"
            type="search"
            aria-label="Search in all your rooms"
            placeholder="Search in all your rooms"
            value={query}
            maxLength={1000}
            autoComplete="off"
            onChange={event => search.type(event.target.value)}
            onKeyDown={down}
          />
        </form>
      </search>
      <p className="search-count" role="status">
        {status === 'searching' ? 'Searching…' : status === 'done' && counted(hits.length, total)}
      </p>
      {distant && <SearchContext message={distant} close={() => setDistant(undefined)} />}
      <div className="panel-scroll">
        {error && status === 'failed' && (
          <p className="note note-error" role="alert">
            {error}
          </p>
        )}
        {status === 'done' && hits.length === 0 && (
          <p className="panel-text">
            Nothing of this was said in your rooms. Try fewer words, another spelling, or the beginning of a
            word with a star: plan*
          </p>
        )}
        <ul className="search-hits" ref={list} aria-label="Found messages" onKeyDown={onArrow}>
          {hits.map(hit => (
            <SearchHitRow key={hit.message.id} hit={hit} open={open} />
          ))}
        </ul>
        {cursor && (
          <button type="button" className="button small search-more" onClick={() => void search.more()}>
            More
          </button>
        )}
        {hits.length === 0 && <SearchHints />}
      </div>
    </Panel>
  );
}

const counted = (shown: number, total: number): string => {
  if (total === 0) return 'Nothing found';
  const all = total >= 1000 ? '1,000 or more' : String(total);
  return `${all} ${total === 1 ? 'message' : 'messages'}${shown < total ? `, the best ${shown} shown` : ''}`;
};

/** Goes to the hit as soon as its room is here; one that lies too far back is shown with what is around it instead. */
function useArrival(distant: (message: SearchHit['message']) => void): void {
  const { search } = useWorkspace();
  const { room, jump } = useRoomActions();
  const { target } = useStore(search);
  const ready = target?.room === room.id;
  useEffect(() => {
    if (!ready || !target) return;
    let here = true;
    const arrive = async () => {
      await room.join();
      const there = await jump(target.id);
      if (!here) return;
      search.go(undefined);
      if (!there) distant(target);
    };
    arrive().catch(() => here && search.go(undefined));
    return () => {
      here = false;
    };
  }, [ready, target, room, jump, search, distant]);
}
