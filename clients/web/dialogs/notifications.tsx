// How one is told of messages while one is away, and what was told and why.
import { useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { DialogFrame } from './dialog-frame.tsx';
import { NoticesTold } from './notices-told.tsx';
import { NotificationWishes } from './notification-wishes.tsx';

export function Notifications({ close }: { close(): void }) {
  const [tab, setTab] = useState('wishes');
  return (
    <DialogFrame title="Notifications" close={close}>
      <Tabs selectedKey={tab} onSelectionChange={key => setTab(String(key))}>
        <TabList className="tabs" aria-label="Notifications">
          <Tab id="wishes" className="tab">
            How you are told
          </Tab>
          <Tab id="told" className="tab">
            What you were told
          </Tab>
        </TabList>
        <TabPanel id="wishes">
          <NotificationWishes />
        </TabPanel>
        <TabPanel id="told">
          <NoticesTold close={close} />
        </TabPanel>
      </Tabs>
    </DialogFrame>
  );
}
