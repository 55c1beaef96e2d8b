const MAC = /^[0-9a-f]{2}(?:[:.-]?[0-9a-f]{2}){5}$/i;

/** An id in its stored form: a MAC in lower case without separators, any other id as it is. */
export function normaliseId(id: string): string {
  return id.length >= 12 && id.length <= 17 && MAC.test(id) ? id.replace(/[:.-]/g, '').toLowerCase() : id;
}
