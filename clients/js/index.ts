// The SDK's front door.

export { writtenBy } from '../../shared/posted-summary.ts';
export type {
  Announced,
  Announcement,
  Audience,
  PendingPerson,
} from '../../shared/protocol/announcements.ts';
export type { CallData, CallInput, CallName } from '../../shared/protocol/calls.ts';
export type { ErrorCode, RefusalCode } from '../../shared/protocol/errors.ts';
export type { EventOf, EventType, LogEvent } from '../../shared/protocol/events.ts';
export type { File, FileProgress, FileState, SharedFile } from '../../shared/protocol/files.ts';
export type { Hook } from '../../shared/protocol/hooks.ts';
export type {
  ClaimAccount,
  Highlight,
  ListedRoom,
  Member,
  Message,
  PlatformRole,
  Presence,
  PresenceStatus,
  Reaction,
  RoomKind,
  RoomRole,
  SearchHit,
  User,
} from '../../shared/protocol/models.ts';
export type { Notice, NoticeLevel, NoticeWishes } from '../../shared/protocol/notices.ts';
export type { Push, PushName } from '../../shared/protocol/pushes.ts';
export type { Report, ReportAction, ReportReason, RoomRetention } from '../../shared/protocol/reports.ts';
export type {
  Citation,
  PostedSummary,
  Summary,
  SummaryClaim,
  SummaryRange,
  SummaryStyle,
} from '../../shared/protocol/summaries.ts';
export { applyEvent } from '../../shared/room-state.ts';
export { createClient } from './client.ts';
export type { CallErrorCode } from './errors.ts';
export { CallError } from './errors.ts';
export { indexedDbUploads } from './files/storage/indexeddb.ts';
export { memoryUploads } from './files/storage/memory.ts';
export type * from './files/types.ts';
export { indexedDbOutbox } from './outbox-storage/indexeddb.ts';
export { memoryOutbox } from './outbox-storage/memory.ts';
export type { Recap, RecapSnapshot, SummarizeOptions } from './recap.ts';
export type * from './types.ts';
