// The bot SDK's front door.

export type { CallData, CallInput, CallName } from '../../shared/protocol/calls.ts';
export type { EventOf, EventType, LogEvent } from '../../shared/protocol/events.ts';
export type { Message, User } from '../../shared/protocol/models.ts';
export { CallError } from '../js/errors.ts';
export type { Court, Room } from '../js/types.ts';
export { App } from './app.ts';
export { derivedId } from './ids.ts';
export type { Pattern } from './listeners.ts';
export { createLogger, type Logger } from './logger.ts';
export type * from './types.ts';
