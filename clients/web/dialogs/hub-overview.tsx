// Where admins see how the nodes do and who is connected, and end connections.
import { useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { ConnectedPeople } from './connected-people.tsx';
import { DialogFrame } from './dialog-frame.tsx';
import { NodeList } from './node-list.tsx';

export function HubOverview({ close }: { close(): void }) {
  const [tab, setTab] = useState('nodes');
  return (
    <DialogFrame title="The hub" close={close}>
      <Tabs selectedKey={tab} onSelectionChange={key => setTab(String(key))}>
        <TabList className="tabs" aria-label="The hub">
          <Tab id="nodes" className="tab">
            Nodes
          </Tab>
          <Tab id="people" className="tab">
            Connected
          </Tab>
        </TabList>
        <TabPanel id="nodes">
          <NodeList />
        </TabPanel>
        <TabPanel id="people">
          <ConnectedPeople />
        </TabPanel>
      </Tabs>
    </DialogFrame>
  );
}
