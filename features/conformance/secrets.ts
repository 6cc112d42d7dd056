// The password of a real endpoint: it is in command lines and messages, and must be in no report.

/** Takes the password out of a line of JSON, however it is spelled there; those of our own simulators are no secret. */
export function hider(endpoint: string): (line: string) => string {
  if (!URL.canParse(endpoint)) return (line) => line;
  const password = decodeURIComponent(new URL(endpoint).password);
  const json = (text: string): string => JSON.stringify(text).slice(1, -1);
  // An attachment is JSON within the JSON of its message.
  const spellings = [...new Set([password, encodeURIComponent(password), new URL(endpoint).password].flatMap((text) => [json(json(text)), json(text)]))].filter((text) => text !== '');
  return (line) => spellings.reduce((text, spelling) => text.replaceAll(spelling, '******'), line);
}
