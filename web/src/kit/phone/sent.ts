// Where what was sent is seen: the page that the draft names, else the matter that it made or moved. A draft that is no step of a matter
// and names none (it was kept by an older version of this program) leads back to the form that it came from. Pure.
export interface SentPlace {
  seenAt?: string;
  href: string;
  post: string;
  matter: string;
}
export function whereSent(draft: SentPlace, answered: string): string {
  const ofMatter = draft.matter || draft.post === '/api/v1/matters';
  return draft.seenAt ?? (ofMatter ? `/matters/${answered || draft.matter}` : draft.href);
}
