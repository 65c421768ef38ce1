/** Invariants of each form between two passes. A broken one is a bug of the compiler. */
import { type Form, type FormCheck, PASS_NAMES, type PassName } from '../forms.js';
import { programOf } from '../print/print-form.js';
import { branchesFault } from './check-branches.js';
import { entriesFault } from './check-entries.js';
import { placementFault } from './check-placement.js';
import { rowsFault } from './check-rows.js';
import { programFault, syntaxFault, tokensFault } from './check-source.js';
import { stepsFault } from './check-steps.js';
import { changeFault } from './step-changes.js';

/** A form that breaks an invariant after a pass. */
export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant';

  constructor(
    readonly pass: PassName,
    readonly program: string | undefined,
    readonly fault: string,
  ) {
    super(
      `the compiler broke an invariant: after ${pass}${program === undefined ? '' : ` of program ${program}`}, ${fault}`,
    );
  }
}

/** @throws {BrokenInvariant} */
export const checkForm: FormCheck = checkFormsWhere({ areAddressesChecked: true });

/**
 * The check for programs that passed or did not pass the check of addresses. Programs made without the pass `check` may
 * have addresses outside their memories, and so may their entries.
 */
export function checkFormsWhere({ areAddressesChecked }: { readonly areAddressesChecked: boolean }): FormCheck {
  return (pass, form, before) => {
    const fault = faultOf(pass, form, areAddressesChecked) ?? (before && changeFault(pass, before, form));
    if (fault !== undefined) throw new BrokenInvariant(pass, programOf(form), fault);
  };
}

function faultOf(pass: PassName, form: Form, areAddressesChecked: boolean): string | undefined {
  switch (form.kind) {
    case 'tokens':
      return tokensFault(form.tokens);
    case 'syntax':
      return syntaxFault(form.syntax);
    case 'programs':
      return firstFault(form.programs, programFault);
    case 'steps':
      return stepsFault(form, {
        dropsAreDeferred: isFrom('defer-drops', pass),
        casesAreInline: isFrom('inline-cases', pass),
      });
    case 'branches':
      return branchesFault(form.branches);
    case 'rows':
      return rowsFault(form);
    case 'placement':
      return placementFault(form);
    case 'entries':
      return entriesFault(form.compiled, form.dataPlane, areAddressesChecked);
  }
}

const isFrom = (first: PassName, pass: PassName): boolean => PASS_NAMES.indexOf(pass) >= PASS_NAMES.indexOf(first);

/** The first fault that a check finds in a list. */
function firstFault<Item>(items: readonly Item[], check: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const fault = check(item);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
