/** Settings from clients: `initializationOptions`, `workspace/didChangeConfiguration`, or the section `p4runpro`. */

export interface ServerSettings {
  /** A name, or a JSON file. */
  readonly dataplane: string;
  /** Maximum recirculations of a program. */
  readonly recirculations: number;
  /** A name or a module; undefined for the default of the commands. */
  readonly allocator: string | undefined;
  /** Files of compiled programs that run on the switch for which placements are computed. */
  readonly state: readonly string[];
}

export interface ReadSettings {
  readonly settings: ServerSettings;
  /** A sentence for each invalid setting, which is ignored. */
  readonly problems: readonly string[];
}

const KINDS: { readonly [Key in keyof ServerSettings]: readonly [is: (value: unknown) => boolean, wanted: string] } = {
  dataplane: [(value) => typeof value === 'string' && value !== '', 'a name or a .json file'],
  recirculations: [(value) => Number.isInteger(value) && (value as number) >= 0, 'a whole number from 0'],
  allocator: [(value) => typeof value === 'string' && value !== '', 'the name of an allocator'],
  state: [
    (value) => Array.isArray(value) && value.every((file) => typeof file === 'string'),
    'a list of files of compiled programs',
  ],
};

/** Settings from JSON; the default for each that is missing, null or invalid. Unknown keys are ignored. */
export function settingsFrom(json: unknown, defaults: ServerSettings): ReadSettings {
  const given = typeof json === 'object' && json !== null ? (json as Readonly<Record<string, unknown>>) : {};
  const problems: string[] = [];
  const settings: Record<string, unknown> = { ...defaults };
  for (const [key, [is, wanted]] of Object.entries(KINDS)) {
    const value = given[key];
    if (value === undefined || value === null) continue;
    if (is(value)) settings[key] = value;
    else problems.push(`p4runpro.${key} takes ${wanted}, not ${JSON.stringify(value)}`);
  }
  // Each value was validated, or is a default.
  return { settings: settings as unknown as ServerSettings, problems };
}
