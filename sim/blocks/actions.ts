/** What the actions of an RPB do to a packet: one small function each, chosen by a dense switch. */
import type { DataPlane } from '../../compiler/index.js';
import { modifyField, type WritableField } from './deparser.js';
import { HashUnit } from './hash.js';
import { type FieldAccess, fieldAccess, readField } from './header-fields.js';
import { type FieldOperands, INTRINSIC, OPCODE } from './instructions.js';
import { HAR, MAR, type Phv, SAVED } from './phv.js';
import { ENTRY, HEAD_GUARDED } from './program-code.js';
import type { RegisterArrays } from './register-arrays.js';
import { saluAddSub, saluAndOr, saluMax, saluReadWrite } from './salu.js';

/** In place of headers that a packet lacks. */
const ZEROS = new Uint8Array(8);
const HIGH_HALF = 0xffff0000;

/** Executes actions; holds what they need beside the packet. */
export class ActionUnit {
  private readonly hashes: readonly HashUnit[];
  private readonly word = new Uint8Array(4);
  private readonly ethernet: number;
  private readonly ipv4: number;
  private readonly ports: number;
  private readonly source: FieldAccess;
  private readonly destination: FieldAccess;
  private readonly protocol: FieldAccess;
  private readonly cpuPort: number;
  private readonly addressMask: number;

  /** Called for each access that is not proven to lie within the program's memory. @param rpb from 0 */
  guard: (programId: number, rpb: number, address: number) => void = () => undefined;

  constructor(
    dataPlane: DataPlane,
    private readonly operands: FieldOperands,
    private readonly memory: RegisterArrays,
  ) {
    this.hashes = dataPlane.rpbs.map(({ hash }) => new HashUnit(hash));
    this.ethernet = dataPlane.headerIndex('ethernet');
    this.ipv4 = dataPlane.headerIndex('ipv4');
    this.ports = dataPlane.headerIndex('l4_port');
    this.source = fieldAccess(dataPlane.headerField('hdr.ipv4.src'));
    this.destination = fieldAccess(dataPlane.headerField('hdr.ipv4.dst'));
    this.protocol = fieldAccess(dataPlane.headerField('hdr.ipv4.protocol'));
    this.cpuPort = dataPlane.description.ports.cpu;
    this.addressMask = 2 ** dataPlane.description.state.addressBits - 1;
  }

  /** Does the action of the entry at a place of a program's code. @param rpb index of the RPB, from 0 */
  execute(code: Int32Array, entry: number, rpb: number, phv: Phv): void {
    const { registers } = phv;
    const head = code[entry] as number;
    const first = (head >>> 8) & 0xff;
    const second = (head >>> 16) & 0xff;
    const immediate = code[entry + ENTRY.immediate] as number;
    switch (head & 0xff) {
      case OPCODE.setBranch:
        phv.branch = immediate;
        return;
      case OPCODE.hashTupleHar:
        return setLowHalf(registers, HAR, this.hashTuple(rpb, phv));
      case OPCODE.hashRegisterHar:
        return setLowHalf(registers, HAR, this.hashWord(rpb, registers[HAR] as number));
      case OPCODE.hashTupleMar:
        return setLowHalf(registers, MAR, this.hashTuple(rpb, phv));
      case OPCODE.hashRegisterMar:
        return setLowHalf(registers, MAR, this.hashWord(rpb, registers[HAR] as number));
      case OPCODE.mask:
        registers[MAR] = (registers[MAR] as number) & immediate;
        return;
      case OPCODE.offset:
        phv.physicalAddress = ((registers[MAR] as number) + immediate) & this.addressMask;
        phv.saluFlag = code[entry + ENTRY.flag] as number;
        return;
      case OPCODE.saluAddSub:
        return saluAddSub(this.memory.words, this.accessed(head, rpb, phv), phv.saluFlag, registers);
      case OPCODE.saluAndOr:
        return saluAndOr(this.memory.words, this.accessed(head, rpb, phv), phv.saluFlag, registers);
      case OPCODE.saluReadWrite:
        return saluReadWrite(this.memory.words, this.accessed(head, rpb, phv), phv.saluFlag, registers);
      case OPCODE.saluMax:
        return saluMax(this.memory.words, this.accessed(head, rpb, phv), registers);
      case OPCODE.loadImmediate:
        registers[first] = immediate;
        return;
      case OPCODE.add:
        registers[first] = (registers[first] as number) + (registers[second] as number);
        return;
      case OPCODE.and:
        registers[first] = (registers[first] as number) & (registers[second] as number);
        return;
      case OPCODE.or:
        registers[first] = (registers[first] as number) | (registers[second] as number);
        return;
      case OPCODE.xor:
        registers[first] = (registers[first] as number) ^ (registers[second] as number);
        return;
      case OPCODE.max:
        if ((registers[second] as number) > (registers[first] as number))
          registers[first] = registers[second] as number;
        return;
      case OPCODE.min:
        if ((registers[second] as number) < (registers[first] as number))
          registers[first] = registers[second] as number;
        return;
      case OPCODE.backup:
        registers.copyWithin(SAVED, 0, SAVED);
        return;
      case OPCODE.recover:
        registers[first] = registers[SAVED + first] as number;
        return;
      case OPCODE.extract:
        return extract((this.operands.fields[first] as WritableField).access, phv, second);
      case OPCODE.extractIntrinsic:
        registers[second] = intrinsic(first, phv);
        return;
      case OPCODE.modify:
        return this.modify(first, phv, registers[second] as number);
      case OPCODE.return:
        return this.returnToSender(phv);
      case OPCODE.forward:
        phv.egressPort = immediate;
        return;
      case OPCODE.drop:
        phv.dropped = true;
        return;
      case OPCODE.report:
        phv.egressPort = this.cpuPort;
    }
  }

  /** The word that a stateful ALU works on. */
  private accessed(head: number, rpb: number, { programId, physicalAddress }: Phv): number {
    if ((head & HEAD_GUARDED) !== 0) this.guard(programId, rpb, physicalAddress);
    return this.memory.index(rpb, physicalAddress);
  }

  /** The hash of the 5-tuple: addresses, ports, protocol; what the packet lacks is 0. */
  hashTuple(rpb: number, phv: Phv): number {
    const hash = this.hashes[rpb] as HashUnit;
    const { bytes } = phv;
    const ipv4 = phv.headerStart[this.ipv4] as number;
    const ports = phv.headerStart[this.ports] as number;
    let crc = hash.initial;
    if (ipv4 < 0) crc = hash.extend(crc, ZEROS, 0, 8);
    else {
      crc = hash.extendWord(crc, bytes, ipv4 + this.source.byteOffset);
      crc = hash.extendWord(crc, bytes, ipv4 + this.destination.byteOffset);
    }
    crc = ports < 0 ? hash.extendWord(crc, ZEROS, 0) : hash.extendWord(crc, bytes, ports);
    return hash.afterByte(crc, ipv4 < 0 ? 0 : (bytes[ipv4 + this.protocol.byteOffset] as number)) ^ hash.xorOut;
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

  /** Writes a field by its operand. */
  modify(operand: number, phv: Phv, value: number): void {
    modifyField(this.operands.fields[operand] as WritableField, phv, value);
  }

  returnToSender(phv: Phv): void {
    const { bytes } = phv;
    const ethernet = phv.headerStart[this.ethernet] as number;
    if (ethernet >= 0) swapBytes(bytes, ethernet, ethernet + 6, 6);
    const ipv4 = phv.headerStart[this.ipv4] as number;
    if (ipv4 >= 0) {
      swapBytes(bytes, ipv4 + this.source.byteOffset, ipv4 + this.destination.byteOffset, 4);
      phv.ipv4Changed = true;
    }
    phv.egressPort = phv.ingressPort;
  }
}

function setLowHalf(registers: Uint32Array, register: number, value: number): void {
  registers[register] = ((registers[register] as number) & HIGH_HALF) | value;
}

function extract(access: FieldAccess, phv: Phv, register: number): void {
  const start = phv.headerStart[access.header] as number;
  phv.registers[register] = start < 0 ? 0 : readField(access, phv.bytes, start);
}

function intrinsic(field: number, phv: Phv): number {
  switch (field) {
    case INTRINSIC.dequeueDelta:
      return phv.dequeueDelta;
    case INTRINSIC.queueDepth:
      return phv.queueDepth;
    default:
      return phv.ingressPort;
  }
}

function swapBytes(bytes: Uint8Array, a: number, b: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const byte = bytes[a + i] as number;
    bytes[a + i] = bytes[b + i] as number;
    bytes[b + i] = byte;
  }
}
