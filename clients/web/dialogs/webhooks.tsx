// The webhooks of a room, for those who moderate it: how each fares, and new ones. What is secret is shown once, until the next thing is done.
import { useCallback, useEffect, useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import type { Hook } from '../../js/index.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { DialogError, DialogFrame } from './dialog-frame.tsx';
import { type Secret, ShownOnce } from './shown-once.tsx';
import { WebhookForm } from './webhook-form.tsx';
import { WebhookRow } from './webhook-row.tsx';

/** Milliseconds between two looks at how they fare, as long as somebody looks. */
const LOOK = 5000;

export function Webhooks({ room, close }: { room: string; close(): void }) {
  const { court } = useWorkspace();
  const [tab, setTab] = useState('here');
  const [hooks, setHooks] = useState<readonly Hook[]>();
  const [secret, setSecret] = useState<Secret>();
  const [error, setError] = useState<string>();

  const look = useCallback(
    () =>
      court.call('hook:list', { room }).then(
        ({ hooks: found }) => {
          setHooks(found);
          setError(undefined);
        },
        failure => setError((failure as Error).message),
      ),
    [court, room],
  );
  useEffect(() => {
    void look();
    const timer = setInterval(look, LOOK);
    return () => clearInterval(timer);
  }, [look]);

  const show = (made: Secret | undefined) => {
    setSecret(made);
    setTab('here');
    void look();
  };
  return (
    <DialogFrame title="Webhooks" close={close}>
      <Tabs selectedKey={tab} onSelectionChange={key => setTab(String(key))}>
        <TabList className="tabs" aria-label="Webhooks">
          <Tab id="here" className="tab">
            In this room
          </Tab>
          <Tab id="new" className="tab">
            New
          </Tab>
        </TabList>
        <TabPanel id="here">
          {secret && <ShownOnce secret={secret} done={() => setSecret(undefined)} />}
          <DialogError error={error} />
          {hooks?.length === 0 && !secret && (
            <p className="dialog-text">
              None yet. A webhook lets a program speak here with nothing but an address, or tells one what
              happens here.
            </p>
          )}
          <ul className="webhooks">
            {hooks?.map(hook => (
              <WebhookRow key={hook.id} hook={hook} show={show} changed={look} />
            ))}
          </ul>
        </TabPanel>
        <TabPanel id="new">
          <WebhookForm room={room} made={show} />
        </TabPanel>
      </Tabs>
    </DialogFrame>
  );
}
