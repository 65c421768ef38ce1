/** Execution of the actions of an RPB: one small function for each action, called by a dense switch. */
import { type DataPlane, must } from '../../compiler/for-switches.js';
import { modifyField, type WritableField } from './deparser.js';
import { HashUnit } from './hash.js';
import type { FieldAccess } from './header-fields.js';
import { mask, offset } from './instructions/address.js';
import { add, and, max, min, or, xor } from './instructions/arithmetic.js';
import { setBranch } from './instructions/branch.js';
import { loadImmediate } from './instructions/constant.js';
import type { Endpoints, FieldOperands, Ipv6Endpoints } from './instructions/field-operands.js';
import { drop, forward } from './instructions/forwarding.js';
import { setLowHalf } from './instructions/hash.js';
import { extract, extractIntrinsic } from './instructions/header.js';
import type { InstructionUnit, Operands } from './instructions/meaning.js';
import { saluAddSub, saluAndOr, saluMax, saluReadWrite } from './instructions/memory.js';
import { multicast } from './instructions/multicast.js';
import { backup, recover } from './instructions/saving.js';
import { OPCODE, OPERATIONS } from './instructions/table.js';
import { HAR, MAR, type Phv } from './phv.js';
import { ENTRY, HEAD_GUARDED } from './program-code.js';
import { randomSite, randomWord } from './random-numbers.js';
import type { RegisterArrays } from './register-arrays.js';

/** Zero bytes, read in place of missing headers. */
const ZEROS = new Uint8Array(8);

/** Executes actions; holds their state besides the packet. */
export class ActionUnit implements InstructionUnit {
  readonly words: Uint32Array;
  readonly fields: readonly WritableField[];
  readonly hashes: readonly HashUnit[];
  private readonly word = new Uint8Array(4);
  private readonly endpoints: Endpoints;
  /** Of random numbers: 32 bits. */
  seed = 0;
  readonly cpuPort: number;
  readonly addressMask: number;
  /** Operands, reused for each operation that is called through the table. */
  private readonly scratch: { -readonly [Key in keyof Operands]: Operands[Key] } = {
    first: 0,
    second: 0,
    immediate: 0,
    flag: 0,
    rpb: 0,
    isGuarded: false,
  };

  /** Called for each memory access that is not proven to lie within the program's memory. @param rpb from 0 */
  guard: (programId: number, rpb: number, address: number) => void = () => undefined;

  constructor(
    dataPlane: DataPlane,
    operands: FieldOperands,
    private readonly memory: RegisterArrays,
  ) {
    this.words = memory.words;
    this.fields = operands.fields;
    this.hashes = dataPlane.rpbs.map(({ hash }) => new HashUnit(hash));
    this.endpoints = operands.endpoints;
    this.cpuPort = dataPlane.description.ports.cpu;
    this.addressMask = 2 ** dataPlane.description.state.addressBits - 1;
  }

  /**
   * Does the action of the entry at a place of a program's code: one named function, chosen by a dense switch, which is
   * faster than a call through the table. What has no case here goes through the table. @param rpb from 0
   */
  execute(code: Int32Array, entry: number, rpb: number, phv: Phv): void {
    const { registers } = phv;
    const head = code[entry] as number;
    const first = (head >>> 8) & 0xff;
    const second = (head >>> 16) & 0xff;
    const immediate = code[entry + ENTRY.immediate] as number;
    switch (head & 0xff) {
      case OPCODE.setBranch:
        return setBranch(phv, immediate);
      case OPCODE.hashTupleHar:
        return setLowHalf(registers, HAR, this.hashTuple(rpb, phv));
      case OPCODE.hashRegisterHar:
        return setLowHalf(registers, HAR, this.hashWord(rpb, registers[HAR] as number));
      case OPCODE.hashTupleMar:
        return setLowHalf(registers, MAR, this.hashTuple(rpb, phv));
      case OPCODE.hashRegisterMar:
        return setLowHalf(registers, MAR, this.hashWord(rpb, registers[HAR] as number));
      case OPCODE.mask:
        return mask(registers, immediate);
      case OPCODE.offset:
        return offset(phv, immediate, code[entry + ENTRY.flag] as number, this.addressMask);
      case OPCODE.saluAddSub:
        return saluAddSub(this.words, this.accessed((head & HEAD_GUARDED) !== 0, rpb, phv), phv.saluFlag, registers);
      case OPCODE.saluAndOr:
        return saluAndOr(this.words, this.accessed((head & HEAD_GUARDED) !== 0, rpb, phv), phv.saluFlag, registers);
      case OPCODE.saluReadWrite:
        return saluReadWrite(this.words, this.accessed((head & HEAD_GUARDED) !== 0, rpb, phv), phv.saluFlag, registers);
      case OPCODE.saluMax:
        return saluMax(this.words, this.accessed((head & HEAD_GUARDED) !== 0, rpb, phv), phv.saluFlag, registers);
      case OPCODE.loadImmediate:
        return loadImmediate(registers, first, immediate);
      case OPCODE.add:
        return add(registers, first, second);
      case OPCODE.and:
        return and(registers, first, second);
      case OPCODE.or:
        return or(registers, first, second);
      case OPCODE.xor:
        return xor(registers, first, second);
      case OPCODE.max:
        return max(registers, first, second);
      case OPCODE.min:
        return min(registers, first, second);
      case OPCODE.backup:
        return backup(registers);
      case OPCODE.recover:
        return recover(registers, first);
      case OPCODE.random:
        registers[first] = this.random(phv.arrival, randomSite(phv.pass, rpb, phv.copy));
        return;
      case OPCODE.extract:
        return extract(this.fields[first] as WritableField, phv, second);
      case OPCODE.extractIntrinsic:
        return extractIntrinsic(first, phv, second);
      case OPCODE.modify:
        return this.modify(first, phv, registers[second] as number);
      case OPCODE.return:
        return this.returnToSender(phv);
      case OPCODE.forward:
        return forward(phv, immediate);
      case OPCODE.drop:
        return drop(phv);
      case OPCODE.report:
        return forward(phv, this.cpuPort);
      case OPCODE.multicast:
        return multicast(phv, immediate);
      case OPCODE.none:
        return;
      default:
        this.executeByTable(code, entry, rpb, phv);
    }
  }

  private executeByTable(code: Int32Array, entry: number, rpb: number, phv: Phv): void {
    const head = code[entry] as number;
    const { scratch } = this;
    scratch.first = (head >>> 8) & 0xff;
    scratch.second = (head >>> 16) & 0xff;
    scratch.immediate = code[entry + ENTRY.immediate] as number;
    scratch.flag = code[entry + ENTRY.flag] as number;
    scratch.rpb = rpb;
    scratch.isGuarded = (head & HEAD_GUARDED) !== 0;
    must(OPERATIONS[head & 0xff], 'operation of an opcode').run(this, scratch, phv);
  }

  /** The word that a stateful ALU works on. */
  accessed(isGuarded: boolean, rpb: number, { programId, physicalAddress }: Phv): number {
    if (isGuarded) this.guard(programId, rpb, physicalAddress);
    return this.memory.index(rpb, physicalAddress);
  }

  /** The hash of the 5-tuple: addresses, ports, protocol; what the packet lacks is 0. */
  hashTuple(rpb: number, phv: Phv): number {
    const hash = this.hashes[rpb] as HashUnit;
    const { bytes } = phv;
    const { endpoints } = this;
    const ipv4 = phv.headerStart[endpoints.ipv4] as number;
    const ports = phv.headerStart[endpoints.ports] as number;
    if (endpoints.ipv6 !== undefined && ipv4 < 0) {
      const ipv6 = phv.headerStart[endpoints.ipv6.header] as number;
      if (ipv6 >= 0) return this.hashIpv6Tuple(hash, endpoints.ipv6, bytes, ipv6, ports);
    }
    let crc = hash.initial;
    if (ipv4 < 0) crc = hash.extend(crc, ZEROS, 0, 8);
    else {
      crc = hash.extendWord(crc, bytes, ipv4 + endpoints.source.byteOffset);
      crc = hash.extendWord(crc, bytes, ipv4 + endpoints.destination.byteOffset);
    }
    crc = ports < 0 ? hash.extendWord(crc, ZEROS, 0) : hash.extendWord(crc, bytes, ports);
    return hash.afterByte(crc, ipv4 < 0 ? 0 : (bytes[ipv4 + endpoints.protocol.byteOffset] as number)) ^ hash.xorOut;
  }

  /** As {@link hashTuple}, with addresses folded to 32 bits: the XOR of their words. @param ports negative without */
  private hashIpv6Tuple(
    hash: HashUnit,
    endpoints: Ipv6Endpoints,
    bytes: Uint8Array,
    ipv6: number,
    ports: number,
  ): number {
    const { word } = this;
    foldWords(endpoints.source, bytes, ipv6, word);
    let crc = hash.extendWord(hash.initial, word, 0);
    foldWords(endpoints.destination, bytes, ipv6, word);
    crc = hash.extendWord(crc, word, 0);
    crc = ports < 0 ? hash.extendWord(crc, ZEROS, 0) : hash.extendWord(crc, bytes, ports);
    return hash.afterByte(crc, bytes[ipv6 + endpoints.nextHeader.byteOffset] as number) ^ hash.xorOut;
  }

  /** The hash of one or both addresses; those of IPv6 are folded, and what the packet lacks is 0. */
  hashAddresses(rpb: number, phv: Phv, source: boolean, destination: boolean): number {
    const hash = this.hashes[rpb] as HashUnit;
    const { endpoints, word } = this;
    const { ipv6 } = endpoints;
    const v6 = ipv6 === undefined ? -1 : (phv.headerStart[ipv6.header] as number);
    const ipv4 = phv.headerStart[endpoints.ipv4] as number;
    const bytes = ipv4 < 0 ? ZEROS : phv.bytes;
    let crc = hash.initial;
    if (source) {
      if (ipv6 !== undefined && v6 >= 0) {
        foldWords(ipv6.source, phv.bytes, v6, word);
        crc = hash.extendWord(crc, word, 0);
      } else crc = hash.extendWord(crc, bytes, ipv4 < 0 ? 0 : ipv4 + endpoints.source.byteOffset);
    }
    if (destination) {
      if (ipv6 !== undefined && v6 >= 0) {
        foldWords(ipv6.destination, phv.bytes, v6, word);
        crc = hash.extendWord(crc, word, 0);
      } else crc = hash.extendWord(crc, bytes, ipv4 < 0 ? 0 : ipv4 + endpoints.destination.byteOffset);
    }
    return crc ^ hash.xorOut;
  }

  /** The hash of a register's four bytes, most significant first. */
  hashWord(rpb: number, value: number): number {
    const { word } = this;
    const hash = this.hashes[rpb] as HashUnit;
    word[0] = value >>> 24;
    word[1] = value >>> 16;
    word[2] = value >>> 8;
    word[3] = value;
    return hash.extendWord(hash.initial, word, 0) ^ hash.xorOut;
  }

  random(arrival: number, site: number): number {
    return randomWord(this.seed, arrival, site);
  }

  /** Writes the field of an operand. */
  modify(operand: number, phv: Phv, value: number): void {
    modifyField(this.fields[operand] as WritableField, phv, value);
  }

  returnToSender(phv: Phv): void {
    const { bytes } = phv;
    const { endpoints } = this;
    const ethernet = phv.headerStart[endpoints.ethernet] as number;
    if (ethernet >= 0) swapBytes(bytes, ethernet, ethernet + 6, 6);
    const ipv4 = phv.headerStart[endpoints.ipv4] as number;
    if (ipv4 >= 0) {
      swapBytes(bytes, ipv4 + endpoints.source.byteOffset, ipv4 + endpoints.destination.byteOffset, 4);
      phv.ipv4Changed = true;
    }
    if (endpoints.ipv6 !== undefined) swapIpv6(endpoints.ipv6, phv);
    phv.egressPort = phv.ingressPort;
  }
}

/** Writes the XOR of the words of an address. */
function foldWords(words: readonly FieldAccess[], bytes: Uint8Array, header: number, to: Uint8Array): void {
  to.fill(0);
  for (let i = 0; i < words.length; i++) {
    const start = header + (words[i] as FieldAccess).byteOffset;
    for (let byte = 0; byte < to.length; byte++) to[byte] = (to[byte] as number) ^ (bytes[start + byte] as number);
  }
}

/** Swaps the addresses of IPv6, if the packet has it; no checksum changes, as the sum stays. */
function swapIpv6({ header, source, destination }: Ipv6Endpoints, { bytes, headerStart }: Phv): void {
  const start = headerStart[header] as number;
  if (start < 0) return;
  for (let i = 0; i < source.length; i++) {
    const from = source[i] as FieldAccess;
    swapBytes(bytes, start + from.byteOffset, start + (destination[i] as FieldAccess).byteOffset, from.byteCount);
  }
}

function swapBytes(bytes: Uint8Array, a: number, b: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const byte = bytes[a + i] as number;
    bytes[a + i] = bytes[b + i] as number;
    bytes[b + i] = byte;
  }
}
