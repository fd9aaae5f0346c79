// Sends what a reader of the page wants to try. The token is kept in memory alone: it goes with the page.

const longestStream = 10_000;
const session = { token: null };

/** Signs in as any client does; answers the user. */
export async function signIn(email, password) {
  const response = await fetch('/api/auth/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.detail ?? answer.title ?? `The sign-in was answered ${response.status}.`);
  session.token = answer.accessToken;
  return answer.user;
}

export function signOut() {
  session.token = null;
}

/** Sends a request; answers its status line, headers, and its body as text or picture. */
export async function send(method, address, headers, body) {
  const began = performance.now();
  const response = await fetch(address, {
    method: method.toUpperCase(),
    headers: { ...headers, ...(session.token && { authorization: `Bearer ${session.token}` }) },
    body,
  });
  const type = response.headers.get('content-type') ?? '';
  const answer = {
    ok: response.ok,
    line: `${response.status} ${response.statusText}`.trim(),
    headers: [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n'),
  };
  if (type.startsWith('image/')) answer.picture = URL.createObjectURL(await response.blob());
  else answer.text = type.startsWith('text/event-stream') ? await beginningOf(response) : readable(await response.text(), type);
  answer.line += `, ${(performance.now() - began).toFixed(0)} ms`;
  return answer;
}

// A stream of events has no end: what comes within some seconds shows what it is like.
async function beginningOf(response) {
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const timer = setTimeout(() => reader.cancel(), longestStream);
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  clearTimeout(timer);
  return `${text}\n(the stream goes on)`;
}

function readable(text, type) {
  if (!/json/.test(type)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
