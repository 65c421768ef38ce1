/** Headers of a packet, decoded: fields that differ from the place before are marked, and those that differ from the arrival. */
import { bandOf } from './bands.js';
import type { DecodedField, DecodedHeader } from './decode.js';

interface HeadersProps {
  readonly now: readonly DecodedHeader[];
  readonly before: readonly DecodedHeader[];
  readonly arrived: readonly DecodedHeader[];
}

export function HeadersView({ now, before, arrived }: HeadersProps) {
  if (now.length === 0) return <p class="fine">The parser found no header.</p>;
  return (
    <div class="headers">
      {now.map(({ header, fields }, h) => (
        <table key={`${header} ${h}`} class={`header-table ${bandOf(h)}`}>
          <caption>{header}</caption>
          <tbody>
            {fields.map((field, f) => (
              <FieldRow key={field.name} field={field} before={before[h]?.fields[f]} arrived={arrived[h]?.fields[f]} />
            ))}
          </tbody>
        </table>
      ))}
    </div>
  );
}

interface FieldProps {
  readonly field: DecodedField;
  readonly before: DecodedField | undefined;
  readonly arrived: DecodedField | undefined;
}

function FieldRow({ field, before, arrived }: FieldProps) {
  const isChangedNow = before !== undefined && before.value !== field.value;
  const isChanged = arrived !== undefined && arrived.value !== field.value;
  return (
    <tr class={isChangedNow ? 'changed-now' : isChanged ? 'changed' : ''}>
      <th scope="row">{field.name}</th>
      <td class="mono">
        {isChangedNow && (
          <>
            <del>{before.text}</del>{' '}
          </>
        )}
        {field.text}
        {isChanged && !isChangedNow && <span class="said-only"> changed since it arrived</span>}
      </td>
    </tr>
  );
}
