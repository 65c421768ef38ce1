/** Makes conditions ready for the packets of a run. */
import { PacketFilter, PacketFilterError } from '../../pipeline/trace/packet-filter.js';
import { type Condition, compares } from '../conditions/condition.js';
import { ConditionError } from '../conditions/condition-error.js';
import type { History } from '../history.js';
import { PACKET_VERDICTS } from '../packet-outcome.js';
import { ByVersion } from './by-version.js';
import { type Check, jointCheck, notCheck, recordCheck } from './check.js';
import { entryCheck, lineCheck, registerCheck } from './entry-checks.js';
import { required } from './required.js';
import { wordCheck, writesCheck } from './word-checks.js';

/** @throws {ConditionError} for a name that the run does not have, or a filter that is none */
export function checkOf(condition: Condition, history: History): Check {
  const { columns } = history;
  switch (condition.kind) {
    case 'all':
    case 'any':
      return jointCheck(
        condition.of.map((each) => checkOf(each, history)),
        condition.kind,
      );
    case 'negation':
      return notCheck(checkOf(condition.of, history));
    case 'program':
      return programCheck(history, condition.program);
    case 'verdict': {
      const code = PACKET_VERDICTS.indexOf(condition.verdict);
      return recordCheck((packet) => columns.verdict.at(packet) === code);
    }
    case 'port':
      return recordCheck((packet) => columns.port.at(packet) >= 0 && compares(columns.port.at(packet), condition));
    case 'passes':
      return recordCheck((packet) => compares(columns.recirculations.at(packet) + 1, condition));
    case 'filter':
      return headerCheck(history, condition.filter);
    case 'word':
      return wordCheck(history, condition.words, condition);
    case 'writes':
      return writesCheck(history, condition.words, condition.written);
    case 'register':
      return registerCheck(history, condition);
    case 'line':
      return lineCheck(history, condition);
    case 'entry':
      return entryCheck(history, condition);
  }
}

function programCheck(history: History, name: string | null): Check {
  const { columns } = history;
  if (name === null) return recordCheck((packet) => columns.programId.at(packet) === 0);
  required(history, name);
  const ids = new ByVersion(history, (programs) => programs.get(name)?.compiled.programId);
  return recordCheck((packet) => columns.programId.at(packet) === ids.at(packet).value);
}

function headerCheck({ packets, dataPlane }: History, text: string): Check {
  const filter = filterOf(text, dataPlane);
  return recordCheck((packet) => filter.matches(packets.bytes(packet), packets.ingressPort(packet)));
}

function filterOf(text: string, dataPlane: History['dataPlane']): PacketFilter {
  try {
    return new PacketFilter(text, dataPlane);
  } catch (error) {
    throw error instanceof PacketFilterError ? new ConditionError('not-in-the-run', error.message) : error;
  }
}
