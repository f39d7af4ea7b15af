// Why a message is reported, in words for people.
import type { ReportReason } from '../../js/index.ts';

export const reasonWords: Readonly<Record<ReportReason, string>> = {
  spam: 'Spam or advertising',
  abuse: 'Insults, threats or harassment',
  illegal: 'It may be against the law',
  private: 'Something private of somebody',
  other: 'Something else',
};
