/** Answers the editor of the page by the language service, as the language server does for other editors. */
import {
  builtInDataPlane,
  type DataPlane,
  dataPlaneFromDescription,
  dataPlaneFromJson,
  must,
} from '../../../compiler/index.js';
import { type LanguageService, languageService, type ServiceDocument } from '../../../compiler/service/index.js';
import type {
  FindingWithFixes,
  LanguageAnswer,
  LanguageKind,
  LanguageQuestion,
  LanguageReply,
  LanguageRequest,
} from './protocol.js';

export class LanguageHost {
  private service: LanguageService | undefined;
  /** The last text asked about: questions about one version of it share their results. */
  private last: ServiceDocument | undefined;

  /** Answers a message; a question that cannot be answered is a sentence. */
  reply({ number, question }: LanguageRequest): LanguageReply {
    try {
      return { number, kind: 'answer', answer: this.answer(question) };
    } catch (error) {
      return { number, kind: 'failed', message: error instanceof Error ? error.message : String(error) };
    }
  }

  private answer(question: LanguageQuestion): LanguageAnswer<LanguageKind> {
    if (question.kind === 'data-plane') {
      const { dataPlane } = question;
      this.service = languageService(typeof dataPlane === 'string' ? named(dataPlane) : described(dataPlane));
      this.last = undefined;
      return null;
    }
    if (this.service === undefined) throw new Error('the language worker has no data plane yet');
    const { service } = this;
    switch (question.kind) {
      case 'findings':
        return findingsOf(service, this.document(service, question.text));
      case 'hover':
        return service.hover(this.document(service, question.text), question.offset) ?? null;
      case 'completion':
        return service.completion(this.document(service, question.text), question.offset);
      case 'article':
        return service.article(question.word) ?? null;
      case 'formatting':
        return service.formatting(this.document(service, question.text));
    }
  }

  private document(service: LanguageService, text: string): ServiceDocument {
    if (this.last?.text !== text) this.last = service.document(text);
    return this.last;
  }
}

const named = (name: string): DataPlane => must(builtInDataPlane(name), `data plane ${name}`);

/** A file that extends another data plane, or, of a scenario, the whole description. */
const described = (json: object): DataPlane =>
  'extends' in json ? dataPlaneFromJson(json) : dataPlaneFromDescription(json);

function findingsOf(service: LanguageService, document: ServiceDocument): FindingWithFixes[] {
  return service.findings(document).map((finding) => {
    const isOfThis = (other: typeof finding): boolean =>
      other.range.start === finding.range.start && other.range.end === finding.range.end && other.code === finding.code;
    const fixes = service.quickFixes(document, finding.range).filter((fix) => isOfThis(fix.finding));
    return { ...finding, fixes };
  });
}
