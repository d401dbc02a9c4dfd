/** A transform or a predicate as a connector names it; options are as written, without their prefix. */
export interface PluginSettings {
  readonly alias: string;
  /** In full, as `org.apache.kafka.connect.transforms.ReplaceField$Value`. */
  readonly className: string;
  readonly options: Readonly<Record<string, string>>;
}

/** One step of the chain. */
export interface TransformStep extends PluginSettings {
  /** Absent: it runs on every record. */
  readonly predicate?: PluginSettings;
  /** True: it runs where the predicate is false. */
  readonly negate: boolean;
}

/** The transforms of a connector, in the order in which they run; at least one. */
export interface TransformSettings {
  readonly steps: readonly TransformStep[];
}
