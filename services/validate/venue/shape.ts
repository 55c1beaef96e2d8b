import { Compile } from 'typebox/compile';
import { Settings } from 'typebox/system';
import type { Reason } from '../../model/reject.ts';
import { VenueFile } from '../../model/venue.ts';
import { faultsBy, type SchemaError } from '../schema-words.ts';

/** Faults of a venue that are told at once at most. */
export const FAULTS_MAX = 1000;

const validator = Compile(VenueFile);

/** Where a value is not shaped as the schema has it: every fault, in plain words. */
export const shapeFaults = (value: unknown): Reason[] => faultsBy(VenueFile, errorsOf(value), value);

/** The library stops at 8 errors unless told otherwise, and can only be told for all. */
function errorsOf(value: unknown): SchemaError[] {
  const { maxErrors } = Settings.Get();
  Settings.Set({ maxErrors: FAULTS_MAX });
  try {
    return validator.Errors(value);
  } finally {
    Settings.Set({ maxErrors });
  }
}
