// The recap at the right of a room: of what, in which style, about which question; then what was said, claim by claim, each with its sources.
import { useEffect, useRef, useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import type { RoomSnapshot, SummaryRange, SummaryStyle } from '../../js/index.ts';
import { useStore } from '../hooks/use-store.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { Panel } from './panel.tsx';
import { RecapResult } from './recap-result.tsx';
import { useRoomActions } from './room-context.ts';

const styles: readonly [SummaryStyle, string][] = [
  ['brief', 'Brief'],
  ['decisions', 'Decisions'],
  ['actions', 'Action items'],
];
const ranges: readonly [string, string, SummaryRange][] = [
  ['unread', 'What I have not read', 'unread'],
  ['day', 'The last day', 'day'],
  ['week', 'The last week', 'week'],
  ['all', 'Everything', { after: 0 }],
];

export function RecapPanel({ snapshot }: { snapshot: RoomSnapshot }) {
  const { recaps } = useWorkspace();
  const { room } = useRoomActions();
  const { wish } = useStore(recaps.desk(room.id));
  const [question, setQuestion] = useState(wish.question);
  const tabs = useRef<HTMLDivElement>(null);
  const off = snapshot.info?.ai === false;

  useEffect(() => void recaps.look(room.id), [recaps, room.id]);
  useEffect(() => tabs.current?.querySelector<HTMLElement>('[role=tab][tabindex="0"]')?.focus(), []);

  if (off) {
    return (
      <Panel title="Recap">
        <p className="panel-text">
          Summaries are turned off in this room. Its owners and moderators can turn them on in the menu above.
        </p>
      </Panel>
    );
  }
  const known = ranges.find(([, , range]) => JSON.stringify(range) === JSON.stringify(wish.range));
  return (
    <Panel title="Recap">
      <Tabs
        className="recap"
        selectedKey={wish.style}
        onSelectionChange={style => {
          if (style === wish.style) return;
          if (recaps.desk(room.id).getSnapshot().recap) recaps.ask(room.id, { style: style as SummaryStyle });
          else recaps.wish(room.id, { style: style as SummaryStyle });
        }}
      >
        <TabList className="recap-styles" aria-label="Style" ref={tabs}>
          {styles.map(([style, label]) => (
            <Tab key={style} id={style} className="recap-style">
              {label}
            </Tab>
          ))}
        </TabList>
        <form
          className="recap-wish"
          onSubmit={event => {
            event.preventDefault();
            recaps.ask(room.id, { question: question.trim() });
          }}
        >
          <label className="recap-range">
            <span>Of</span>
            <select
              value={known?.[0] ?? 'line'}
              onChange={({ target }) => {
                const range = ranges.find(([key]) => key === target.value)?.[2];
                if (range) recaps.ask(room.id, { range });
              }}
            >
              {!known && <option value="line">What was new when I came</option>}
              {ranges.map(([key, label]) => (
                <option key={key} value={key}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          <div className="recap-question">
            <input
              aria-label="Question"
              placeholder="Ask about it, if you like"
              maxLength={500}
              value={question}
              onChange={({ target }) => setQuestion(target.value)}
            />
            <button type="submit" className="button small primary">
              {question.trim() ? 'Ask' : 'Summarize'}
            </button>
          </div>
        </form>
        <TabPanel id={wish.style} className="panel-scroll recap-body">
          <RecapResult />
        </TabPanel>
      </Tabs>
    </Panel>
  );
}
