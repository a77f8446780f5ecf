import { fold } from '@caseledger/normalise';
import { nameOf, primaryOf, type ContactState } from '../contact/contact.js';

/** The columns of `app.contact` that follow from the state: what lists filter and sort by (CON-009). */
export interface ContactColumns {
  readonly name: string;
  readonly sortName: string;
  readonly search: string;
  /** State or province of the primary address. */
  readonly region: string;
  readonly archived: string | null;
}

export function columnsOfState(state: ContactState): ContactColumns {
  const { values } = state;
  const { firstName = '', middleName = '', lastName = '', companyName = '', nickname = '' } = values;
  const person = [lastName, firstName, middleName].filter((part) => part !== '').join(' ');
  const sortName = state.type === 'BUSINESS' && companyName !== '' ? companyName : person === '' ? companyName : person;
  const primary = primaryOf(state, 'addresses');
  const foldedName = fold(sortName);
  return {
    name: nameOf(state),
    sortName: foldedName,
    search: [
      nickname === '' && companyName === '' ? foldedName : fold(`${person} ${nickname} ${companyName}`),
      ...state.emails.map(({ address }) => address.toLowerCase()),
      ...state.phones.map(({ number }) => number.replace('+', '')),
      ...state.externalIds.map(({ id }) => id.toLowerCase()),
    ].join('\n'),
    region: state.addresses.find(({ id }) => id === primary)?.parts['state'] ?? '',
    archived: state.archived?.reason ?? null,
  };
}
