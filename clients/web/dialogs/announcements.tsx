// Where admins announce, and see how far what they announced has come.
import { useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { AnnounceForm } from './announce-form.tsx';
import { AnnouncementProgress } from './announcement-progress.tsx';
import { AnnouncementsSent } from './announcements-sent.tsx';
import { DialogFrame } from './dialog-frame.tsx';

export function Announcements({ close }: { close(): void }) {
  const [tab, setTab] = useState('new');
  const [shown, setShown] = useState<string>();
  const show = (id: string | undefined) => {
    setShown(id);
    setTab('sent');
  };
  return (
    <DialogFrame title="Announcements" close={close}>
      <Tabs selectedKey={tab} onSelectionChange={key => setTab(String(key))}>
        <TabList className="tabs" aria-label="Announcements">
          <Tab id="new" className="tab">
            New
          </Tab>
          <Tab id="sent" className="tab">
            Sent
          </Tab>
        </TabList>
        <TabPanel id="new">
          <AnnounceForm sent={show} />
        </TabPanel>
        <TabPanel id="sent">
          {shown ? (
            <AnnouncementProgress id={shown} back={() => setShown(undefined)} />
          ) : (
            <AnnouncementsSent open={show} />
          )}
        </TabPanel>
      </Tabs>
    </DialogFrame>
  );
}
