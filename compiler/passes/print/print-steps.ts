/** Steps as an indented tree, and branches as lists, both with their depths. */
import { must } from '../../data-plane/must.js';
import type { Alternative, Branch, Branches, RowItem } from '../../rows/branches.js';
import type { LinkGroup } from '../../steps/memory-links.js';
import type { BranchStep, Step, StepTree } from '../../steps/steps.js';
import type { StepsForm } from '../forms.js';
import { conditionsText, linesText, noted, numbered, stepText } from './words.js';

/**
 * One line for each step: its depth, its action, the lines of its statements. The steps after a branch follow its
 * cases, with the indentation of the branch. Linked steps have the number of their group and of the use on their path.
 */
export function stepsText({ tree, links, aligned }: StepsForm): string[] {
  const printer = new StepPrinter(linkNotes(links));
  printer.tree(tree, 1, '');
  const levels = links.flatMap(({ byUse }) => byUse).filter((level) => level.length > 1);
  const apart = aligned.length === 0 ? [] : levels.filter((level) => !aligned.includes(level));
  const note = `not aligned, left to the allocator: ${apart.map((level) => linksOf(level, links)).join('; ')}`;
  return [...printer.lines, ...(apart.length === 0 ? [] : [note])];
}

const linksOf = (level: readonly Step[], links: readonly LinkGroup[]): string =>
  links
    .flatMap(({ byUse }, i) => (byUse.includes(level) ? [`link ${i + 1} use ${byUse.indexOf(level) + 1}`] : []))
    .join();

function linkNotes(links: readonly LinkGroup[]): ReadonlyMap<Step, string> {
  const notes = new Map<Step, string>();
  for (const [group, { byUse }] of links.entries()) {
    for (const [use, steps] of byUse.entries()) {
      for (const step of steps) {
        const others = notes.get(step);
        const note = `link ${group + 1} use ${use + 1}`;
        notes.set(step, others === undefined ? note : `${others}, ${note}`);
      }
    }
  }
  return notes;
}

class StepPrinter {
  readonly lines: string[] = [];

  constructor(private readonly links: ReadonlyMap<Step, string>) {}

  tree(root: StepTree, start: number, indent: string): void {
    let depth = start;
    for (let tree = root; ; tree = tree.branch.otherwise) {
      for (let i = 0; i < tree.steps.length; ) {
        const length = nopsFrom(tree.steps, i);
        if (length > 1) this.nops(depth, length, indent);
        else this.step(depth, indent, must(tree.steps[i], 'step'));
        depth += Math.max(1, length);
        i += Math.max(1, length);
      }
      if (tree.branch === undefined) return;
      this.branch(tree.branch, depth++, indent);
    }
  }

  private nops(depth: number, length: number, indent: string): void {
    this.lines.push(numbered(depth, `${indent}nop to depth ${depth + length - 1}`));
  }

  private step(depth: number | undefined, indent: string, step: Step, head = ''): void {
    const link = this.links.get(step);
    const note = link === undefined ? linesText(step.spans) : `${linesText(step.spans)}; ${link}`;
    this.lines.push(noted(numbered(depth, `${indent}${head}${stepText(step)}`), note));
  }

  private branch({ cases, fallback, spans }: BranchStep, depth: number, indent: string): void {
    this.lines.push(noted(numbered(depth, `${indent}branch`), linesText(spans)));
    for (const item of cases) {
      const head = `case ${conditionsText(item.conditions)}: `;
      if (item.kind === 'inline') this.step(undefined, `${indent}  `, item.step, head);
      else {
        this.lines.push(numbered(undefined, `${indent}  ${head.trimEnd()}`));
        this.tree(item.body, depth + 1, `${indent}    `);
      }
    }
    if (fallback !== undefined) this.step(undefined, `${indent}  `, fallback, 'no case: ');
  }
}

/** The number of consecutive NOPs from this index on. */
function nopsFrom(steps: readonly Step[], start: number): number {
  let end = start;
  while (steps[end]?.kind === 'nop') end++;
  return end - start;
}

/** The alternatives of each branch by depth; depths with NOPs are left out. */
export function branchesText({ branches }: Branches): string[] {
  return branches.flatMap((branch, number) => [
    `branch ${number}, from depth ${branch.start}${branch.items.length === 0 ? ': nothing' : ''}`,
    ...branchItems(branch),
  ]);
}

function branchItems({ start, items }: Branch): string[] {
  return items.flatMap(({ alternatives }: RowItem, i) =>
    alternatives.map((alternative, k) => numbered(k === 0 ? start + i : undefined, alternativeText(alternative))),
  );
}

function alternativeText({ conditions, does }: Alternative): string {
  const what = does.kind === 'step' ? stepText(does.step) : `enter branch ${does.branch}`;
  return conditions.length === 0 ? what : `if ${conditionsText(conditions)}: ${what}`;
}
