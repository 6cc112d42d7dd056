// curl as a client of checks: status, headers as sent, body; SOAP documents by hand.
import { Commands } from './command.mjs';

/** Raw HTTP on one server. */
export class Curl extends Commands {
  constructor(program, url) {
    super('curl', program, { ...process.env, no_proxy: '*', NO_PROXY: '*' }, 20_000);
    this.url = new URL(url);
  }

  /** The server's address, without credentials. */
  get base() {
    return `${this.url.protocol}//${this.url.host}`;
  }

  /**
   * One request. `args` are curl's. Gives status, headers (lower case names; repeated ones joined by a line feed),
   * the header lines as they came, body text and bytes.
   */
  async request(path, args = [], options = {}) {
    const { code, stderr, bytes } = await this.start(['-k', '-s', '-S', '-i', '--path-as-is', ...args, path.startsWith('http') ? path : `${this.base}${path}`], options).done;
    if (code !== 0) throw new Error(`curl ended with ${code}: ${stderr.trim()}`);
    let rest = bytes;
    let head;
    do {
      const end = rest.indexOf('\r\n\r\n');
      head = rest.subarray(0, end).toString('latin1');
      rest = rest.subarray(end + 4);
    } while (/^HTTP\/[\d.]+ 1\d\d/.test(head));
    const [statusLine, ...headerLines] = head.split('\r\n');
    const headers = {};
    for (const line of headerLines) {
      const [, name, value] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
      if (name !== undefined) headers[name.toLowerCase()] = headers[name.toLowerCase()] === undefined ? value : `${headers[name.toLowerCase()]}\n${value}`;
    }
    return { status: Number(statusLine.split(' ')[1]), headers, headerLines, body: rest.toString(), bytes: rest };
  }

  /** A SOAP call with this body element, to `path`, with a cookie when given. */
  soap(body, { cookie, path = '/sdk', action = '"urn:vim25/8.0.3.0"', args = [] } = {}) {
    const headers = ['-H', 'Content-Type: text/xml; charset="utf-8"', ...(action === undefined ? [] : ['-H', `SOAPAction: ${action}`]), ...(cookie === undefined ? [] : ['-H', `Cookie: ${cookie}`])];
    return this.request(path, [...args, ...headers, '--data-binary', '@-'], { input: envelope(body) });
  }

  /** Logs in and gives the cookie as a client sends it back: the text up to the first semicolon. */
  async login(userName = 'user', password = 'pass') {
    const reply = await this.soap(`<Login xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this><userName>${userName}</userName><password>${password}</password></Login>`);
    return { ...reply, cookie: (reply.headers['set-cookie'] ?? '').split(';')[0] };
  }
}

/** A SOAP 1.1 envelope round a body element. */
export const envelope = (body) => `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;
