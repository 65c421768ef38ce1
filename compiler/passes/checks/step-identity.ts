/** Steps as texts to compare: they say of each step what the passes know by its number. */
import { isMemoryAccess, type Step } from '../../steps/steps.js';

/** Whether steps have the same effect, regardless of their statements. Most of those that are compared are one object. */
export const areEqualSteps = (a: Step, b: Step): boolean => a === b || stepIdentity(a) === stepIdentity(b);

/** A text that is equal for steps with the same effect, regardless of their statements. */
function stepIdentity(step: Step): string {
  if (step.kind === 'nop') return 'nop';
  const parameters = step.parameters.map((parameter) =>
    parameter.kind === 'constant' ? parameter.value : `${parameter.kind} ${parameter.memory}`,
  );
  return `${step.instruction.name}(${parameters.join()})${isMemoryAccess(step) ? step.memory : ''}`;
}
