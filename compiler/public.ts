/**
 * What the package exports as p4runpro-sim/compiler, listed name by name: its public interface. index.ts is for the
 * folders above. test/structure/exports.txt holds the list.
 */

// Changes of running programs, and explanations.
export { type CaseChange, type ChangeOptions, changeCases } from './change/change-cases.js';
export { NotIncremental } from './change/not-incremental.js';
// Data planes and the resources that they use of a chip.
export { ChainError, chainOf } from './data-plane/chain-of.js';
export { DataPlane } from './data-plane/data-plane.js';
export type { DataPlaneDescription } from './data-plane/description.js';
export { DomainError } from './data-plane/domain-error.js';
export { builtInDataPlane, dataPlaneFromJson, defaultDataPlane } from './data-plane/extend.js';
export { OptionError } from './data-plane/options.js';
export { resourceReport } from './data-plane/resources/resources.js';
export { DataPlaneError } from './data-plane/validate.js';
export { explain } from './explain/explanation.js';
export { explanationText } from './explain/explanation-text.js';
// Programs: from source to a compiled program.
export type { Diagnostic, DiagnosticCode, Fix, Span } from './language/diagnostics.js';
export { formatSource } from './language/format.js';
export type { Memory, Program } from './language/program.js';
export { renderDiagnostics } from './language/render.js';
// Compiled programs and the state of a switch.
export {
  type CompiledProgram,
  compiledProgramFromJson,
  DocumentError,
  formatCompiledProgram,
  type MemoryBlock,
  type PlacedStep,
  type TableEntry,
} from './link/compiled-program.js';
export { DoesNotFit, type DoesNotFitReason } from './link/does-not-fit.js';
export { defaultForwardEntry, installOperations, type Operation, revokeOperations } from './link/operations.js';
export { type ResourceSnapshot, type RunningProgram, SwitchState } from './link/switch-state.js';
export { MAIN_P4_FILE, type P4File, p4Source } from './p4/generate.js';
export {
  type Analysis,
  analyse,
  DEFAULT_LINK_OPTIONS,
  DEFAULT_RECIRCULATIONS,
  type LinkOptions,
  type LoweredProgram,
  link,
  lower,
} from './passes/compile.js';
// Allocators: the registry, and the types for custom ones.
export type { Allocator, FreeResources, Placement, PlacementResult, Shortage } from './place/allocator.js';
export {
  ALLOCATOR_NAMES,
  ALLOCATORS,
  type AllocatorKind,
  type AllocatorName,
  type AllocatorSettings,
} from './place/allocators.js';
export { AllocatorError, type AllocatorFault, checkedAllocator, type GuardedCall } from './place/checked-allocator.js';
export { PLACEMENT_RULES, type PlacementRule } from './place/placement-rules.js';
export type { PlacementProblem, PlacementRow, TreeRow } from './place/problem.js';
// What editors ask.
export { type LanguageService, languageService, type ServiceDocument, type ServiceOptions } from './service/index.js';
