/** The metrics of a served switch for Prometheus. Names and units follow the conventions of Prometheus. */
import { addTo } from '../../../compiler/data-plane/counting.js';
import { must } from '../../../compiler/data-plane/must.js';
import { FIXED_NAMES, matchTables, programIdOf, type TableEntry } from '../../../compiler/index.js';
import type { Switch } from '../../../sim/index.js';
import type { PacketOutcome, SwitchPorts } from '../ports/switch-ports.js';
import type { WriteRecord } from '../service.js';
import { Histogram, type Metric, type Sample } from './exposition.js';

/** Seconds. */
const WRITE_BOUNDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

const VERDICTS = ['forwarded', 'dropped', 'reported', 'copied'] as const;
type Verdict = (typeof VERDICTS)[number];

interface ProgramPackets {
  /** Undefined for packets that no filter matched. */
  readonly filter: TableEntry | undefined;
  readonly counts: Record<Verdict, number>;
}

export class SwitchMetrics {
  /** Packets by the id of a program whose filter is there, or 0. */
  private readonly packets = new Map<number, ProgramPackets>();
  private readonly writeSeconds = new Histogram(WRITE_BOUNDS);
  private readonly writes = { succeeded: 0, failed: 0 };
  private updates = 0;

  constructor(
    private readonly emulator: Switch,
    private readonly ports: SwitchPorts,
  ) {}

  get countsHits(): boolean {
    return this.emulator.hits !== undefined;
  }

  /** To be called for each packet that has passed the switch. */
  readonly onPacket = (outcome: PacketOutcome): void => {
    const { programId } = outcome;
    let packets = this.packets.get(programId);
    if (packets === undefined) {
      packets = { filter: this.filterOf(programId), counts: { forwarded: 0, dropped: 0, reported: 0, copied: 0 } };
      this.packets.set(programId, packets);
    }
    packets.counts[this.verdictOf(outcome)]++;
  };

  private verdictOf({ egressPort, isCopied }: PacketOutcome): Verdict {
    if (isCopied) return 'copied';
    if (egressPort === undefined) return 'dropped';
    return egressPort === this.emulator.dataPlane.description.ports.cpu ? 'reported' : 'forwarded';
  }

  /** To be called for each write. */
  readonly onWrite = ({ updates, succeeded, seconds }: WriteRecord): void => {
    this.writeSeconds.observe(seconds);
    this.writes[succeeded ? 'succeeded' : 'failed']++;
    this.updates += updates;
    this.forgetPrograms();
  };

  private filterOf(programId: number): TableEntry | undefined {
    const tables = new Set(this.emulator.dataPlane.filterTables.map(({ table }) => table));
    return this.emulator.entries().find((entry) => tables.has(entry.table) && programIdOf(entry) === programId);
  }

  /** Drops the packets of programs whose filter is gone: another program may get the id. */
  private forgetPrograms(): void {
    for (const [programId, { filter }] of this.packets) {
      const now = filter && this.emulator.entryLike(filter);
      if (programId !== 0 && (now === undefined || programIdOf(now) !== programId)) this.packets.delete(programId);
    }
  }

  /** @param withHits also the hits of each entry, which may be tens of thousands of lines */
  all(withHits: boolean): Metric[] {
    return [
      ...this.programMetrics(),
      ...this.tableMetrics(),
      ...this.memoryMetrics(),
      ...this.packetMetrics(),
      ...this.portMetrics(),
      ...this.writeMetrics(),
      ...(withHits ? this.hitMetrics() : []),
    ];
  }

  private programMetrics(): Metric[] {
    const entries = new Map<number, number>();
    for (const entry of this.emulator.entries()) {
      const id = programIdOf(entry);
      if (id !== 0) addTo(entries, id);
    }
    return [
      gauge('p4runpro_programs', 'Programs that have table entries.', [{ value: entries.size }]),
      gauge(
        'p4runpro_program_entries',
        'Table entries of a program.',
        [...entries].map(([program_id, value]) => ({ labels: { program_id }, value })),
      ),
    ];
  }

  private tableMetrics(): Metric[] {
    const { emulator } = this;
    const { dataPlane } = emulator;
    const rpbs = new Map(dataPlane.rpbs.map(({ table, number, gress }) => [table, { rpb: number, gress }]));
    const tables = matchTables(dataPlane).map(({ name, entries }) => ({
      labels: { table: name, rpb: '', gress: 'ingress', ...rpbs.get(name) },
      size: entries,
      used: emulator.entryCount(name),
    }));
    return [
      gauge(
        'p4runpro_table_entries',
        'Entries in a table; rpb is empty for tables of the init and the recirculation block.',
        tables.map(({ labels, used }) => ({ labels, value: used })),
      ),
      gauge(
        'p4runpro_table_size',
        'Maximum entries of a table.',
        tables.map(({ labels, size }) => ({ labels, value: size })),
      ),
    ];
  }

  /** A switch does not know which words belong to programs, so those that hold something are counted. */
  private memoryMetrics(): Metric[] {
    const { dataPlane, registersOfPipes } = this.emulator;
    const used: Sample[] = registersOfPipes.flatMap((memory, pipe) =>
      dataPlane.rpbs.map(({ number, gress, buckets }) => {
        let value = 0;
        for (const word of memory.range(number, 0, buckets)) if (word !== 0) value++;
        return { labels: { rpb: number, gress, pipe }, value };
      }),
    );
    return [
      gauge('p4runpro_memory_words_nonzero', 'Words of the register array of an RPB that are not 0.', used),
      gauge(
        'p4runpro_memory_words',
        'Words of the register array of an RPB.',
        dataPlane.rpbs.map(({ number, gress, buckets }) => ({ labels: { rpb: number, gress }, value: buckets })),
      ),
    ];
  }

  private packetMetrics(): Metric[] {
    const { recirculations } = this.emulator.counters;
    const verdicts = VERDICTS.filter((verdict) => verdict !== 'copied' || this.hasGroups);
    return [
      counter(
        'p4runpro_packets_total',
        'Packets by program and verdict; program_id 0: no filter matched.',
        [...this.packets].flatMap(([program_id, { counts }]) =>
          verdicts.map((verdict) => ({ labels: { program_id, verdict }, value: counts[verdict] })),
        ),
      ),
      counter('p4runpro_recirculations_total', 'Recirculations of all packets.', [{ value: recirculations }]),
      ...this.copyMetrics(),
    ];
  }

  private get hasGroups(): boolean {
    return this.emulator.dataPlane.description.replication !== undefined;
  }

  private copyMetrics(): Metric[] {
    if (!this.hasGroups) return [];
    const { copies, noGroup } = this.emulator.counters;
    return [
      counter('p4runpro_copies_total', 'Copies of packets to the ports of groups.', [{ value: copies }]),
      counter(
        'p4runpro_no_group_packets_total',
        'Packets that were dropped because their group is not there or has no ports.',
        [{ value: noGroup }],
      ),
    ];
  }

  private portMetrics(): Metric[] {
    const { ports } = this.ports;
    const used = ports.inUse();
    const counted = (received: string, sent: string): Sample[] =>
      used.flatMap((port) => [
        { labels: { port, direction: 'received' }, value: ports.countersOf(port).get(received) },
        { labels: { port, direction: 'sent' }, value: ports.countersOf(port).get(sent) },
      ]);
    return [
      gauge(
        'p4runpro_port_up',
        'Whether a port is up: 1 or 0.',
        used.map((port) => ({ labels: { port }, value: ports.isUp(port) ? 1 : 0 })),
      ),
      counter(
        'p4runpro_port_frames_total',
        'Frames by port and direction.',
        counted('$FramesReceivedAll', '$FramesTransmittedAll'),
      ),
      counter(
        'p4runpro_port_octets_total',
        'Octets of frames by port and direction, without frame check sequences.',
        counted('$OctetsReceived', '$OctetsTransmittedTotal'),
      ),
      counter(
        'p4runpro_port_errors_total',
        'Frames that a port did not take or send because of their length.',
        counted('$FrameswithanyError', '$FramesTransmittedwithError'),
      ),
    ];
  }

  private writeMetrics(): Metric[] {
    const { writes, updates } = this;
    return [
      {
        name: 'p4runpro_write_seconds',
        help: 'Time from a write request of BF Runtime to the end of its updates.',
        type: 'histogram',
        samples: this.writeSeconds.samples(),
      },
      counter(
        'p4runpro_writes_total',
        'Write requests of BF Runtime by result.',
        Object.entries(writes).map(([result, value]) => ({ labels: { result }, value })),
      ),
      counter('p4runpro_updates_total', 'Updates in write requests of BF Runtime.', [{ value: updates }]),
    ];
  }

  private hitMetrics(): Metric[] {
    const hits = must(this.emulator.hits, 'hit counters');
    const samples = this.emulator.entries().map((entry) => ({ labels: entryLabels(entry), value: hits.of(entry) }));
    return [counter('p4runpro_entry_hits_total', 'Packets that have hit an entry.', samples)];
  }
}

function entryLabels(entry: TableEntry) {
  const { table, priority, key, action } = entry;
  const keyText = key
    .map((field) =>
      field.match === 'exact' ? `${field.name}=${field.value}` : `${field.name}=${field.value}/${field.mask}`,
    )
    .join(' ');
  const program = table === FIXED_NAMES.forwardTable ? '' : programIdOf(entry);
  return { program_id: program, table, priority, key: keyText, action };
}

const gauge = (name: string, help: string, samples: Iterable<Sample>): Metric => ({
  name,
  help,
  type: 'gauge',
  samples,
});
const counter = (name: string, help: string, samples: Iterable<Sample>): Metric => ({
  name,
  help,
  type: 'counter',
  samples,
});
