/** Options for encrypted connections by BF Runtime, of clients and of `p4runpro serve`. */
import { readInput, reasonOf } from '../../../traces/system/index.js';
import type { Tls } from '../../bfruntime/tls.js';
import { UsageError } from '../kit/command-line.js';

export const TLS_OPTIONS = {
  'tls-ca': {
    type: 'string',
    describe: 'Certificate authority of the peer, for TLS (PEM file)',
  },
  'tls-certificate': { type: 'string', describe: 'Certificate of this command, for TLS (PEM file)' },
  'tls-key': { type: 'string', describe: 'Private key of --tls-certificate (PEM file)' },
} as const;

export interface TlsArguments {
  readonly tlsCa: string | undefined;
  readonly tlsCertificate: string | undefined;
  readonly tlsKey: string | undefined;
}

/** Undefined where none of the options is given. @throws {UsageError} */
export function tlsFrom({ tlsCa, tlsCertificate, tlsKey }: TlsArguments): Tls | undefined {
  if (tlsCa === undefined && tlsCertificate === undefined && tlsKey === undefined) return undefined;
  if ((tlsCertificate === undefined) !== (tlsKey === undefined)) {
    throw new UsageError('--tls-certificate and --tls-key need each other: give both or neither');
  }
  return {
    ca: pem('--tls-ca', tlsCa),
    certificate: pem('--tls-certificate', tlsCertificate),
    key: pem('--tls-key', tlsKey),
  };
}

function pem(option: string, path: string | undefined): Buffer | undefined {
  if (path === undefined) return undefined;
  let content: Buffer;
  try {
    content = readInput(path);
  } catch (error) {
    throw new UsageError(`${option}: ${path} cannot be read: ${reasonOf(error)}`);
  }
  if (!content.includes('-----BEGIN ')) throw new UsageError(`${option}: ${path} is not a PEM file`);
  return content;
}
