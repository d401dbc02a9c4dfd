import type { Finding } from '../config/findings.ts';
import type { ErrorClass, ErrorCode } from '../errors/error-table.ts';
import type { TableCheck } from '../postgres/check-target-table.ts';
import type { PartitionName } from '../postgres/change-offsets.ts';
import type { DiscardReport } from '../postgres/discard.ts';
import type { LetterSelection } from '../postgres/letter-selection.ts';
import type { DeadLetterDetail, DeadLetterPage, DeadLetterPosition } from '../postgres/read-dead-letters.ts';
import type { PartitionStatus } from '../postgres/read-partitions.ts';
import type { RecordPreview } from '../postgres/preview-records.ts';
import type { RedriveReport } from '../postgres/redrive.ts';
import type { ConnectorJson } from './connector-plan.ts';

/** What the admin function is asked; the payload of its invocation. */
export type AdminCall =
  /** How far every partition is, what became of its records, and why it stands if it does. */
  | { readonly call: 'status' }
  /** The next offset of every partition. */
  | { readonly call: 'offsets' }
  /** Dead letters by topic, partition and offset, without their payloads. */
  | ({ readonly call: 'deadLetters.list' } & DeadLetterQuery)
  /** One dead letter; its payload only with `payload`. */
  | ({ readonly call: 'deadLetters.show'; readonly payload?: boolean } & DeadLetterPosition)
  /** Sends open dead letters through the connector again, in order. */
  | ({ readonly call: 'deadLetters.redrive' } & LetterSelection)
  /** Settles open dead letters without applying them. */
  | ({ readonly call: 'deadLetters.discard' } & LetterSelection)
  /** Has the record at an offset become a dead letter before it is decoded, as soon as the sink comes to it. */
  | ({ readonly call: 'offsets.park' } & DeadLetterPosition)
  /** Accepts that the offsets up to `nextOffset`, or up to where the partition is blocked, never came. */
  | ({ readonly call: 'offsets.acceptGap'; readonly nextOffset?: number } & PartitionName)
  /** Sets next offsets, forwards or backwards; the consumer group has to be moved as well. */
  | {
      readonly call: 'offsets.alter';
      readonly offsets: readonly (PartitionName & { readonly nextOffset: number })[];
      /** Cluster of partitions that the ledger does not know yet; absent: such a partition is left out. */
      readonly source?: string;
      /** Topics that are read anew from offsets that the ledger may never have seen. */
      readonly readsAnew?: readonly string[];
    }
  /** Forgets partitions, all of them when none is named. */
  | { readonly call: 'offsets.reset'; readonly partitions?: readonly PartitionName[] }
  /** Checks a configuration, which travels in the call, against its target database; nothing is written. */
  | { readonly call: 'validate'; readonly connector: ConnectorJson }
  /** What would become of records by a configuration, which travels in the call; nothing is written. */
  | { readonly call: 'preview'; readonly connector: ConnectorJson; readonly records: readonly PreviewedRecord[] };

/** A record whose fate is asked. */
export interface PreviewedRecord extends DeadLetterPosition {
  /** Base64. */
  readonly key: string | null;
  /** Base64. */
  readonly value: string | null;
}

/** What would become of records, in their order. */
export interface ConnectorPreview {
  readonly records: readonly RecordPreview[];
}

/** Which dead letters are listed. */
export interface DeadLetterQuery {
  /** `open` when absent; `all` for those that were settled too. */
  readonly state?: 'open' | 'all';
  /** 50 when absent, 500 at most. */
  readonly limit?: number;
  /** The last letter of the page before. */
  readonly after?: DeadLetterPosition;
  readonly topic?: string;
  readonly code?: string;
  /** Target table, `schema.table`, or its name in any schema. */
  readonly table?: string;
  /** Those that came then or later; ISO 8601. */
  readonly since?: string;
  /** Those that came before; ISO 8601. */
  readonly until?: string;
}

/** How a connector is. */
export interface ConnectorStatus {
  /** By topic and number; empty before the first batch. */
  readonly partitions: readonly PartitionStatus[];
  /** True when there are more partitions than an answer holds. */
  readonly isCut: boolean;
  /** Open dead letters; 10,000 stands for that many or more. */
  readonly openDeadLetters: number;
}

/** Next offsets of a connector. */
export interface ConnectorOffsets {
  readonly partitions: readonly { readonly topic: string; readonly partition: number; readonly nextOffset: number }[];
  /** True when there are more partitions than an answer holds. */
  readonly isCut: boolean;
}

/** What became of a dry run. */
export interface ConnectorCheck {
  /** True when the connector could run: no problem of its configuration, its connection or its tables. */
  readonly isValid: boolean;
  /** Problems of the configuration by property, or of the connection. */
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
  /** What was connected to; absent when nothing was. */
  readonly server?: { readonly version: string; readonly user: string; readonly isEncrypted: boolean };
  /** The target table of each topic, with a verdict for each column. */
  readonly tables: readonly (TableCheck & { readonly topic: string })[];
}

/** What each call answers. */
export interface AdminAnswers {
  status: ConnectorStatus;
  offsets: ConnectorOffsets;
  'deadLetters.list': DeadLetterPage;
  /** Null when there is no such letter. */
  'deadLetters.show': DeadLetterDetail | null;
  'deadLetters.redrive': RedriveReport;
  'deadLetters.discard': DiscardReport;
  'offsets.park': OffsetsChange;
  'offsets.acceptGap': OffsetsChange;
  'offsets.alter': OffsetsChange;
  'offsets.reset': OffsetsChange;
  validate: ConnectorCheck;
  preview: ConnectorPreview;
}

/** How much a call changed: records parked, offsets accepted as missing, partitions altered or reset. */
export interface OffsetsChange {
  readonly changed: number;
}

/** The reply of the admin function: an answer, or an error as data, whose message holds neither payloads nor secrets. */
export type AdminReply<Answer = AdminAnswers[keyof AdminAnswers]> =
  | { readonly ok: true; readonly answer: Answer }
  | {
      readonly ok: false;
      readonly error: { readonly code: ErrorCode; readonly class: ErrorClass; readonly message: string };
    };
