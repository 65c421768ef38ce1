/**
 * What nearly every user of this folder in sim, hw-driver and bench needs; the package exports public.ts. Changes,
 * explanations, the reference, the language service and P4 source are imported from their own folders, so that commands
 * which do without them load half as many files.
 */

export { z3Allocator } from '#platform/z3';
export * from './data-plane/bits.js';
export { ChainError, chainOf, maxSwitches, switchOf } from './data-plane/chain-of.js';
export * from './data-plane/checksums.js';
export {
  type Chip,
  type ChipSource,
  chipOf,
  type Needs,
  type Throttling,
  TOFINO_1,
  TOFINO_2,
} from './data-plane/chip.js';
export * from './data-plane/data-plane.js';
export * from './data-plane/description.js';
export { type CommandEnd, commandEnd, DomainError } from './data-plane/domain-error.js';
export * from './data-plane/extend.js';
export * from './data-plane/field-text.js';
export { ALU_OPERATIONS, type AluOperation } from './data-plane/instructions/arithmetic.js';
export {
  type ActionParameter,
  compactFieldName,
  type InstructionFamily,
} from './data-plane/instructions/instruction.js';
export { SALU_PAIRS, type SaluPair } from './data-plane/instructions/memory.js';
export { actionReference } from './data-plane/instructions/reference.js';
export * from './data-plane/instructions/table.js';
export { EGRESS_LENGTH, INGRESS_LENGTH, type IntrinsicName, TIMESTAMP } from './data-plane/intrinsics.js';
export * from './data-plane/latency.js';
export { must } from './data-plane/must.js';
export * from './data-plane/options.js';
export { maxRecirculations, type StateField, stateFields, stateHeaderBytes } from './data-plane/state-fields.js';
export * from './data-plane/tables.js';
export { DataPlaneError } from './data-plane/validate.js';
export * from './language/diagnostics.js';
export { formatRenamed, formatSource } from './language/format.js';
export { parseInteger } from './language/integers.js';
export * from './language/interpreter.js';
export { lex } from './language/lexer.js';
export { parse } from './language/parser.js';
export * from './language/primitives.js';
export * from './language/program.js';
export * from './language/program-source.js';
export * from './language/render.js';
export { KEYWORDS, RESERVED_WORDS } from './language/reserved-words.js';
export * from './language/syntax.js';
export * from './link/allocate.js';
export * from './link/compiled-program.js';
export * from './link/does-not-fit.js';
export { type RpbEntryParts, rpbTableEntry } from './link/emit.js';
export {
  addressFault,
  decodedAddressFault,
  documentFault,
  installableProgramFromJson,
  refuseUnsafe,
} from './link/entry-proof.js';
export { type FilterMeeting, filterMeetings, meetingText } from './link/filter-meetings.js';
export { FreeRanges } from './link/free-ranges.js';
export * from './link/multicast-group.js';
export * from './link/operations.js';
export * from './link/published-constraints.js';
export * from './link/switch-state.js';
export * from './passes/compile.js';
export { type Form, PASS_NAMES, PASSES, type PassName, type PassObserver } from './passes/forms.js';
export * from './place/allocator.js';
export {
  ALLOCATOR_NAMES,
  ALLOCATORS,
  type AllocatorKind,
  type AllocatorName,
  type AllocatorSettings,
  allocatorKind,
  DEFAULT_ALLOCATORS,
  namesThatTake,
  OBJECTIVES,
  type ObjectiveName,
} from './place/allocators.js';
export * from './place/chain.js';
export * from './place/checked-allocator.js';
export * from './place/complete.js';
export * from './place/greedy.js';
export * from './place/latest-inner-rows.js';
export * from './place/objectives.js';
export * from './place/placement-rules.js';
export * from './place/price.js';
export * from './place/problem.js';
export * from './place/smt-model.js';
export * from './place/solver-error.js';
