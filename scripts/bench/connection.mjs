// A raw keep-alive HTTP connection: the load generator must cost less than the servers it measures, so it writes
// prepared bytes and looks only for the end of each answer.
import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

export class Connection {
  #socket;
  #chunks = [];
  #length = 0;
  #waiting;
  #expected = -1;
  #chunked = false;
  #cookie = '';
  #host;

  /** `url`: http(s)://host:port */
  static async open(url) {
    const { hostname, port, protocol, host } = new URL(url);
    const self = new Connection();
    self.#host = host;
    await new Promise((resolve, reject) => {
      self.#socket = protocol === 'https:'
        ? connectTls({ host: hostname, port: Number(port), rejectUnauthorized: false }, resolve)
        : connectPlain({ host: hostname, port: Number(port), noDelay: true }, resolve);
      self.#socket.once('error', reject);
    });
    self.#socket.on('data', (chunk) => self.#take(chunk));
    self.#socket.on('close', () => self.#waiting?.reject(new Error('the server closed the connection')));
    return self;
  }

  /** The whole request for a SOAP body, as bytes to be sent any number of times. */
  prepare(body) {
    const envelope = `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;
    const cookie = this.#cookie === '' ? '' : `Cookie: ${this.#cookie}\r\n`;
    return Buffer.from(`POST /sdk HTTP/1.1\r\nHost: ${this.#host}\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: urn:vim25/8.0.3.0\r\n${cookie}Content-Length: ${Buffer.byteLength(envelope)}\r\n\r\n${envelope}`);
  }

  /** Sends prepared bytes; gives {status, bytes, text()} of the answer. One request at a time. */
  send(request) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  /** One call; gives the body's text. Throws on anything but 200. */
  async call(body) {
    const answer = await this.send(this.prepare(body));
    const text = answer.text();
    if (answer.status !== 200) throw new Error(`status ${answer.status}: ${text.slice(0, 400)}`);
    return text;
  }

  close() {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #take(chunk) {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#expected < 0 && !this.#readHead()) return;
    if (this.#chunked ? !this.#endsWith(LAST_CHUNK) : this.#length < this.#expected) return;
    const bytes = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks, this.#length);
    const waiting = this.#waiting;
    const chunked = this.#chunked;
    this.#chunks = [];
    this.#length = 0;
    this.#expected = -1;
    this.#waiting = undefined;
    waiting?.resolve({ status: Number(bytes.toString('latin1', 9, 12)), bytes: bytes.length, text: () => bodyOf(bytes, chunked) });
  }

  #readHead() {
    const bytes = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks, this.#length);
    this.#chunks = [bytes];
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) return false;
    const head = bytes.toString('latin1', 0, end);
    const cookie = /set-cookie: *([^;\r\n]+)/i.exec(head);
    if (cookie) this.#cookie = cookie[1];
    const length = /content-length: *(\d+)/i.exec(head);
    this.#chunked = length === null;
    this.#expected = length === null ? 0 : end + 4 + Number(length[1]);
    return true;
  }

  #endsWith(mark) {
    let tail = this.#chunks.at(-1);
    for (let i = this.#chunks.length - 2; tail.length < mark.length && i >= 0; i--) tail = Buffer.concat([this.#chunks[i], tail]);
    return tail.subarray(-mark.length).equals(mark);
  }
}

function bodyOf(bytes, chunked) {
  let at = bytes.indexOf(HEAD_END) + 4;
  if (!chunked) return bytes.toString('utf8', at);
  const parts = [];
  for (;;) {
    const line = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    if (!(size > 0)) return Buffer.concat(parts).toString('utf8');
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
